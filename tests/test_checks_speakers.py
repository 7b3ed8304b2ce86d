"""Who speaks in an answer: refusals of an assistant, models that say who they are, answers in a third script."""

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sftrm_quality.checks.closer_look import FIRST_PERSON, deserve_a_look
from sftrm_quality.checks.identities import identity_in
from sftrm_quality.checks.letters import is_letter
from sftrm_quality.checks.phrases import Phrases
from sftrm_quality.checks.prose import scripts_differ
from sftrm_quality.config import SHIPPED_EXPECTATIONS
from sftrm_quality.text import normalise_text

ENTRIES = {
    entry["meta"]["reason"]: entry["kwargs"]
    for entry in json.loads((SHIPPED_EXPECTATIONS / "sft.json").read_text("utf-8"))["expectations"]
}
NAMES, MAKERS = ([normalise_text(one) for one in ENTRIES["identity_leak"][name]] for name in ("names", "makers"))
REFUSALS = Phrases(tuple(ENTRIES["refusal_phrase"]["phrases"]))
REQUESTS = Phrases(tuple(ENTRIES["refusal_phrase"]["requests"]))


def claimed(text, asked="너는 누구니?"):
    return identity_in(normalise_text(text), normalise_text(asked), NAMES, MAKERS)


@pytest.mark.parametrize(
    "text",
    [
        "Hello! I'm Claude, an AI assistant made by Anthropic.",
        "I am an AI language model called Qwen.",
        "I was developed by researchers at OpenAI.",
        "Hi, my name is Gemini and I can help.",
        "As ChatGPT, I try to help.",
        "I'm a chatbot from Microsoft.",
        "안녕하세요, 저는 클로드입니다.",
        "저는 네이버가 만든 인공지능입니다.",
        "제 이름은 엑사원이에요.",
        "제미나이인 제가 답하겠습니다.",
        "저는 OpenAI에서 학습한 언어 모델이며 GPT-4라고 합니다.",
        "저는 마이크로소프트의 기술로 개발되었습니다.",
        "你好，我是ChatGPT。",
        "我是一个由OpenAI开发的语言模型。",
        "我叫DeepSeek。",
        "私はClaudeと申します。",
        "私はGoogleによって訓練されたモデルです。",
    ],
)
def test_models_that_say_who_they_are(text):
    assert claimed(text)
    assert deserve_a_look(pa.array([normalise_text(text)]), FIRST_PERSON).all()
    assert claimed(f'He said: "{text}"') is None


@pytest.mark.parametrize(
    "text",
    [
        "Qwen is a family of models developed by Alibaba Cloud.",
        "ChatGPT was trained by OpenAI.",
        "I use Copilot every day.",
        "I'm Claude Debussy, born in 1862.",
        "I am learning how Gemini works.",
        "I was impressed by Google.",
        "As Gemini rises in May, look east.",
        "저는 구글에서 일합니다.",
        "저는 챗GPT로 글을 씁니다.",
        "나는 클로드 모네를 좋아합니다.",
        "네이버가 만든 하이퍼클로바는 모델입니다.",
        "저는 코파일럿 자격증이 있습니다.",
        "我用ChatGPT写作业。",
        "百度开发了文心一言。",
        "私はGoogleで働いています。",
        "I am reading a book by Meta's founder.",
    ],
)
def test_people_who_speak_of_models(text):
    assert claimed(text) is None


def test_a_question_may_ask_to_speak_as_another():
    assert claimed("I'm Gemini.", "What is your star sign?") is None
    assert claimed("저는 클로드입니다.", "다음 문장을 번역해 줘: I am Claude.") is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm really sorry, but I cannot share that.",
        "Sorry, I can't do this for you.",
        "I must decline.",
        "I am not able to open links.",
        "As an AI language model, I have no body.",
        "I do not have personal beliefs.",
        "Unfortunately, I'm unable to see pictures.",
        "죄송합니다만 그 내용은 말씀드릴 수 없습니다.",
        "죄송하지만 도움을 드리기 어렵습니다.",
        "저는 인공지능으로서 감정이 없습니다.",
        "실시간 정보에 접근할 수 없어 날씨를 모릅니다.",
        "요청하신 글은 작성해 드릴 수 없습니다.",
        "很抱歉，我无法提供这些内容。",
        "作为一个人工智能，我没有感情。",
        "申し訳ございませんが、その質問にはお答えできません。",
        "AIとして、個人的な意見は持っていません。",
    ],
)
def test_refusals_of_assistants(text):
    assert REFUSALS.first_in(normalise_text(text), 300)


@pytest.mark.parametrize(
    "text",
    [
        "You can't park here, sorry.",
        "I can't help but smile.",
        "Sorry to hear that; try tea.",
        "AI로 만든 그림입니다.",
        "이 약은 물 없이 먹을 수 없습니다.",
        "죄송하다는 말은 어렵습니다. 그래도 할 수 있습니다.",
        "人工智能是一门学科。",
        "AIは道具です。",
        "It was an artificial intelligence.",
        "The engine is unable to start.",
    ],
)
def test_texts_that_refuse_nothing(text):
    assert REFUSALS.first_in(normalise_text(text), 300) is None


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Write a polite e-mail to a client.", True),
        ("거절하는 답장을 부탁해요.", True),
        ("Translate this.", True),
        ("How tall is it?", False),
        ("오늘 날씨는 어때요?", False),
        ("怎么做蛋炒饭？", False),
    ],
)
def test_questions_for_the_words_of_another_one(question, asks):
    assert bool(REQUESTS.first_in(normalise_text(question))) is asks


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("Dear Ms. Kim, I'm sorry.", True),
        ("Subject: Party", True),
        ("김민수 님, 죄송합니다.", True),
        ("尊敬的客户", True),
        ("Hello! I can't.", False),
        ("죄송합니다. 할 수 없습니다.", False),
        ("Dear me", False),
    ],
)
def test_letters(text, letter):
    assert is_letter(normalise_text(text)) is letter


PIECES = st.sampled_from(
    [
        "저는 ",
        "제 이름은 ",
        "나는 ",
        "전 ",
        "클로드입니다",
        "챗gpt",
        "제가 ",
        "i am ",
        "i'm ",
        "my name is ",
        "claude",
        "gpt-4",
        " made by openai",
        "我是",
        "我叫",
        "由openai开发",
        "私は",
        "です",
        "openai에서 만든 모델입니다",
        ". ",
        " ",
        "먼저",
        "만나",
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_the_quick_look_misses_nobody_who_speaks_of_themselves(text):
    if identity_in(text, None, NAMES, MAKERS):
        assert deserve_a_look(pa.array([text]), FIRST_PERSON).all(), text


CHINESE = "今天天气很好，适合出去散步。下午可能会下雨，所以最好带一把伞，早一点回家休息，晚上再看书学习新的东西。"
RUSSIAN = "Сегодня хорошая погода, и можно погулять в парке, а вечером лучше почитать книгу дома."


@pytest.mark.parametrize("answer", [CHINESE, f"{CHINESE} OK 네", RUSSIAN])
@pytest.mark.parametrize(
    "question", ["오늘 서울의 날씨가 어떤가요?", "How is the weather today?", "오늘 Seoul weather는 어때요?"]
)
def test_an_answer_in_a_third_script(question, answer):
    found = scripts_differ(question, answer, 40, 0.8)
    assert found and found[1] == "other"
    assert scripts_differ(f"{question} 「今天天气」是什么意思？", answer, 40, 0.8) is None
    assert scripts_differ(question, f"{answer} {'오늘은 맑고 따뜻하며 the weather is fine. ' * 2}", 40, 0.8) is None
