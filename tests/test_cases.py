"""Deliveries that were once read wrongly, each as a whole run over its raw files in ``cases/``, and what is right."""

from collections import Counter


def reasons(output):
    """By file, how many rows were quarantined for each reason, and the details."""
    found = Counter((row["source_file"], *row["reasons"]) for row in output.quarantine)
    return dict(found), {row["data_id"] or row["source_file"]: row["details"][0] for row in output.quarantine}


def published(output, kind="sft"):
    return {row["data_id"] for row in output.published(kind)}


def file_entry(output, name):
    (entry,) = (file for file in output.report["files"] if file["source_file"] == name)
    return entry


def test_ids_that_are_numbers_and_then_texts(outcome_of):
    output = outcome_of("ids-number-then-text")
    assert len(output.quarantine) == 0
    assert {"1", "220", "vendorB-000", "vendorB-011"} <= published(output) and len(published(output)) == 232


def test_an_empty_alias_says_nothing(outcome_of):
    output = outcome_of("empty-input-beside-question")
    assert (len(output.published("sft")), len(output.published("rm")), len(output.quarantine)) == (24, 10, 0)
    assert all(row["question"].strip() for row in output.published("sft"))


def test_answers_under_other_names_are_no_prompts_without_answers(outcome_of):
    output = outcome_of("answer-under-another-name")
    assert output.report["ledger"]["unknown"] == {
        "received": 12, "unreadable": 12, "quarantined": 0, "duplicates": 0, "published": 0,
    }  # fmt: skip
    entry = file_entry(output, "vendor_output.jsonl")
    assert entry["status"] == "unreadable" and "output" in entry["note"]
    assert reasons(output)[0] == {("vendor_output.jsonl", "unknown_format"): 1}
    assert {(row["label_kind"], row["payload"]) for row in output.quarantine} == {("unknown", None)}
    assert file_entry(output, "vendor_pairs.jsonl")["format"] == "pair" and len(published(output, "rm")) == 10
    assert len(published(output)) == 12


def test_a_file_of_another_known_shape_is_read(outcome_of):
    output = outcome_of("only-a-file-of-that-shape")
    assert file_entry(output, "vendor.jsonl")["format"] == "query_response"
    assert len(output.published("sft")) == output.report["ledger"]["sft"]["received"] > 0


def test_answers_that_are_objects_are_of_a_wrong_type(outcome_of):
    output = outcome_of("answer-is-a-json-object")
    assert reasons(output)[0] == {("extraction.jsonl", "field_type_wrong"): 6}
    assert file_entry(output, "extraction.jsonl")["format"] == "reference_sft"
    assert {"t0", "t1", "t2", "t3", "t4"} <= published(output)


def test_answers_that_are_numbers_are_of_a_wrong_type(outcome_of):
    output = outcome_of("answers-that-are-numbers")
    assert {row["data_id"] for row in output.quarantine} == {"n0", "n1", "n2", "n3"}
    assert reasons(output)[0] == {("sft.jsonl", "field_type_wrong"): 4}


def test_byte_order_marks_cost_nothing(outcome_of):
    output = outcome_of("byte-order-marks")
    assert len(published(output)) == 24 and len(output.quarantine) == 0


def test_one_id_names_one_record(outcome_of):
    output = outcome_of("one-id-for-two-different-pairs")
    assert reasons(output)[0] == {("rm.jsonl", "data_id_reused"): 1}
    (holder,) = (row["record_id"] for row in output.published("rm") if row["data_id"] == "mathverse_7")
    assert holder in output.quarantine[0]["details"][0]


def test_bad_bytes_cost_their_own_records(outcome_of):
    output = outcome_of("bad-bytes-in-one-line")
    assert [(row["reasons"], row["source_line"]) for row in output.quarantine] == [
        (["invalid_encoding"], 10), (["invalid_encoding"], 15),
    ]  # fmt: skip
    assert len(published(output)) == 22


def test_chinese_is_not_published_as_korean(outcome_of):
    output = outcome_of("chinese-file-in-gbk")
    assert not any(row["source_file"] == "zh_vendor.jsonl" for row in output.published("sft"))
    assert file_entry(output, "zh_vendor.jsonl")["published"] == 0
    output = outcome_of("chinese-file-in-gbk", "sources=[{files: 'zh*', encoding: gb18030}]")
    assert sum(row["source_file"] == "zh_vendor.jsonl" for row in output.published("sft")) == 8


def test_histories_of_pairs_are_of_a_wrong_type(outcome_of):
    output = outcome_of("history-as-pairs")
    assert {row["data_id"] for row in output.quarantine} == {"m0", "m1"} and {"m2", "m3"} <= published(output)


def test_only_line_feeds_end_lines(outcome_of):
    output = outcome_of("unicode-line-separators")
    assert {"g-3", "g-4"} <= published(output)
    assert output.report["ledger"]["sft"]["received"] == 24 and output.report["ledger"]["sft"]["unreadable"] == 0


def test_commas_where_none_belong_cost_nothing(outcome_of):
    assert len(published(outcome_of("commas-between-lines"))) == 24


def test_a_git_lfs_pointer_is_called_one(outcome_of):
    output = outcome_of("git-lfs-pointer")
    assert "git lfs pull" in file_entry(output, "part2.jsonl")["note"]
    assert output.report["ledger"]["unknown"]["unreadable"] == 1


def test_a_second_text_beside_the_question_is_content(outcome_of):
    output = outcome_of("context-beside-question")
    assert reasons(output)[0] == {("instr.jsonl", "field_unexpected"): 5, ("sft.jsonl", "field_unexpected"): 5}
    assert reasons(output)[1]["k2"].endswith("does not read context") and len(output.duplicates) == 0


def test_what_stands_for_no_id_is_none(outcome_of):
    output = outcome_of("absent-empty-and-nan-ids")
    assert reasons(output)[0] == {("sft.jsonl", "data_id_blank"): 3}
    assert [row["data_id"] for row in output.duplicates] == ["s1", "s2", "s3"] and "s0" in published(output)


def test_other_names_in_responses_are_named(outcome_of):
    output = outcome_of("ratings-as-text-and-other-keys")
    counts, details = reasons(output)
    assert counts == {
        ("ids_float.jsonl", "field_type_wrong"): 4,
        ("items_content.jsonl", "field_unexpected"): 2,
        ("items_ranking.jsonl", "field_unexpected"): 2,
        ("ranks_text.jsonl", "field_type_wrong"): 3,
        ("scores_text.jsonl", "field_type_wrong"): 3,
    }
    assert details["c0"] == "responses have no text (fields content, rank)"
    assert details["d0"] == "responses have no rank (fields text, ranking)"


def test_both_kinds_in_one_file_are_read_as_what_they_are(outcome_of):
    output = outcome_of("both-kinds-in-one-file")
    assert len(published(output)) == len(published(output, "rm")) == 10
    files = [(file["label_kind"], file["format"], file["published"]) for file in output.report["files"]]
    assert sorted(files) == [("rm", "reference_rm", 10), ("sft", "reference_sft", 10)]


def test_stand_ins_are_looked_for_in_questions_prompts_and_responses(outcome_of):
    output = outcome_of("nan-and-na-in-pairs-and-prompts")
    assert reasons(output)[0] == {
        ("rm.jsonl", "response_placeholder"): 6, ("rm.jsonl", "prompt_placeholder"): 1,
        ("sft.jsonl", "question_placeholder"): 2, ("sft.jsonl", "answer_placeholder"): 1,
    }  # fmt: skip
    assert reasons(output)[1]["n0"] == "response 2 of 2 is 'nan'"


def test_tokens_of_all_templates_are_known(outcome_of):
    output = outcome_of("turn-tokens-of-exaone-and-others")
    assert reasons(output)[0] == {
        ("rm.jsonl", "response_has_template_token"): 1, ("rm.jsonl", "prompt_has_template_token"): 1,
        ("sft.jsonl", "answer_has_template_token"): 10,
    }  # fmt: skip
    assert reasons(output)[1]["r1"] == "prompt contains '[|user|]'"


def test_thoughts_are_in_front_of_an_answer(outcome_of):
    output = outcome_of("answer-ends-inside-think")
    found = {row["data_id"]: row["reasons"] for row in output.quarantine}
    assert found == {"t0": ["answer_blank"], "t1": ["answer_has_template_token"], "t3": ["answer_blank"]}


def test_tokens_that_are_shown_or_spoken_of_are_published(outcome_of):
    assert {"h0", "h1", "h2", "h3"} <= published(outcome_of("html-strikethrough-and-tokens-spoken-of"))


def test_an_s_in_angle_brackets_is_html_a_type_or_a_token(outcome_of):
    output = outcome_of("angle-s")
    assert {row["data_id"] for row in output.quarantine} == {f"bad{n}" for n in range(14)}


def test_turns_of_another_conversation_are_found(outcome_of):
    output = outcome_of("prompt-repeated-in-responses")
    assert reasons(output)[0] == {
        ("rm.jsonl", "response_has_template_token"): 1, ("rm.jsonl", "response_equals_prompt"): 1,
        ("sft.jsonl", "answer_has_template_token"): 2,
    }  # fmt: skip
    assert {row["data_id"] for row in output.quarantine} == {"p0", "p2", "p4", "p5"}


def test_a_blank_loser_is_no_response(outcome_of):
    assert {row["data_id"] for row in outcome_of("empty-rejected").quarantine} == {"j0", "j1", "j2"}


def test_letters_that_became_question_marks_are_lost(outcome_of):
    output = outcome_of("lost-letters")
    garbled = Counter(reason for row in output.quarantine for reason in row["reasons"] if reason.endswith("garbled"))
    assert garbled == {"answer_garbled": 30, "question_garbled": 30} and len(output.quarantine) == 60
    assert not any(row["source_file"] == "good.json" for row in output.quarantine)


def test_numbers_of_nobody_are_no_personal_data(outcome_of):
    output = outcome_of("numbers-of-nobody")
    assert output.report["ledger"]["sft"]["received"] == 435 and len(output.quarantine) == 0
    found = {row["reason"]: row["records"] for row in output.report["personal_data"] if row["label_kind"] == "sft"}
    # Ten accounts are called so, and may be somebody's.
    assert found.pop("account_number_found") == 10
    assert len(found) == 7 and set(found.values()) == {0}
