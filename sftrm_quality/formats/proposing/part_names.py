"""Names by which people call the parts of a label; what a name does not tell is left to them.

Chosen by hand from public files. The last word of a name counts, as in `content_words`.
"""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROMPTS = _words("""
prompt prompts question questions query queries instruction instructions problem q user human
질문 질의 문항 문제 프롬프트 지시 지시문 지시사항 명령 명령문 问题 提问 题目 指令 提示 質問 設問 指示文
вопрос frage pregunta
""")
ANSWERS = _words("""
answer answers response responses output outputs completion completions reply replies solution target a assistant bot
gpt generations candidates 답변 답 답안 정답 응답 대답 회신 출력 回答 答案 答复 回复 解答 応答 返答
ответ antwort respuesta
""")
CHOSEN = _words("chosen preferred best winner better good accepted positive win 선택 채택")
REJECTED = _words("rejected reject worse loser losers losing bad unpreferred dispreferred negative lose 거절 기각")
VERDICTS = _words("""
winner winners preference preferences preferred better best verdict verdicts choice chosen label labels judgement
judgment annotation annotations vote votes 선택 선호 승자 판정
""")
FURTHER = _words("input inputs context contexts passage document paragraph background 지문 맥락 문맥 배경 본문")
SYSTEMS = _words("system persona 시스템 페르소나")
CATEGORIES = _words("category categories domain topic 분류 카테고리 주제 범주")
RANKS = _words("rank ranks ranking rankings 순위 랭킹")
SCORES = _words("score scores rating ratings reward rewards 점수 평점")
ROLES = _words("role from speaker author 화자 역할 발화자")
TEXTS = _words("content contents value text texts message utterance answer response 내용 텍스트 발화")

# "answer text" is an answer.
_SAYS_NOTHING = _words("text texts content contents str raw value 내용 텍스트 글")

# What tells two answers apart, at the end of their names.
SIDES = (("a", "b"), ("1", "2"), ("0", "1"), ("j", "k"), ("left", "right"))
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words_of(name: str) -> list[str]:
    """The words of a name, folded: ``responseA`` has two."""
    return [word.casefold() for word in _WORD.findall(_CAMEL.sub(" ", name))]


def is_called(name: str, names: frozenset[str]) -> bool:
    """Whether the last word of a name, or of its last part, is one of some."""
    words = words_of(name)
    while len(words) > 1 and words[-1] in _SAYS_NOTHING:
        words.pop()
    return bool(words) and (words[-1] in names or name.casefold() in names)
