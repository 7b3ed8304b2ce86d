"""Names that fields with label content go by, in the usual languages of label files.

Chosen by hand: what SFT and preference data sets call their texts, and the usual translations. Only the last word of a
name counts: ``answer_count``, ``prompt_id`` and ``response_model`` tell of content and are none.
"""

import re
from functools import lru_cache

_ENGLISH = """
answer answers assistant background bot candidate candidates choice choices chosen claim claims completion
completions content contents context contexts conversation conversations demonstration dialog dialogs dialogue
dialogues document documents evidence evidences example examples excerpt excerpts explanation explanations
fewshot fewshots generations gpt hint hints history human hypothesis input inputs instruction instructions
knowledge message messages option options output outputs paragraph paragraphs passage passages persona
preamble premise problem prompt prompts query queries question questions rationale rationales reasoning
rejected reply replies response responses sentence sentences snippet snippets solution solutions statement
statements story summary summaries system target targets text texts thinking thought thoughts transcript
translation turn turns utterance utterances calls tools functions
"""
_KOREAN = """
질문 질의 문의 문항 문제 프롬프트 지시 지시문 지시사항 명령 명령문 입력 입력문 답 답변 답안 정답 응답 대답
회신 출력 출력문 결과문 해설 풀이 근거 지문 본문 원문 제시문 예문 예시 문맥 맥락 배경 내용 텍스트 문장 문단
단락 대화 대화문 발화 대화이력 보기 선택지 선지 요약 요약문 번역 번역문 페르소나
"""
_CHINESE = """
问题 問題 提问 题目 指令 指示 提示 提示词 输入 輸入 输出 輸出 回答 答案 答复 回复 解析 解释 解答 上下文 语境
背景 材料 内容 內容 文本 原文 正文 段落 句子 对话 對話 对话历史 选项 選項 摘要 翻译
"""
_JAPANESE = (
    "質問 設問 指示文 入力 出力 応答 返答 解答 正解 解説 文脈 本文 文章 対話 会話 会話履歴 選択肢 要約 翻訳 プロンプト"
)
_OTHERS = """
frage fragen antwort antworten kontext anweisung anweisungen eingabe ausgabe gespräch lösung réponse réponses
reponse contexte consigne consignes entrée sortie texte énoncé pregunta preguntas respuesta respuestas
contexto instrucción instrucciones instruccion entrada salida texto diálogo pergunta perguntas resposta
respostas instrução entrada saída вопрос вопросы ответ ответы контекст инструкция текст диалог سؤال جواب إجابة
سياق نص تعليمات
"""
_ALPHABETIC = frozenset((_ENGLISH + _OTHERS).split())
# Written without spaces between words: a name ends with one of them.
_COMPOUNDED = tuple({*_KOREAN.split(), *_CHINESE.split(), *_JAPANESE.split()})

_RANKS = frozenset(
    ("rank", "ranks", "ranking", "rankings", "score", "scores", "rating", "ratings", "순위", "랭킹", "점수", "평점")
)

_DIGITS = re.compile(r"\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS = re.compile(r"[\W_]+")


def _last_word(name: str) -> str:
    words = [word for word in _WORDS.split(_CAMEL.sub(" ", _DIGITS.sub(" ", name))) if word]
    return words[-1].casefold() if words else ""


@lru_cache(maxsize=4096)
def names_content(name: str) -> bool:
    """Whether a field by this name is one that label content goes by."""
    word = _last_word(name)
    return word in _ALPHABETIC or word.endswith(_COMPOUNDED)


def names_a_rank(name: str) -> bool:
    """Whether a field by this name is one that the rank or score of a response goes by."""
    return _last_word(name) in _RANKS
