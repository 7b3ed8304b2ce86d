"""Refusals, models that say who they are, answers in another script; and texts of and about others."""

from collections.abc import Iterator, Mapping
from random import Random

from benchmarks.verdicts.frame import Example, Module
from benchmarks.verdicts.pools import asked, examples

REASONS = ("refusal_phrase", "identity_leak", "script_mismatch")
_LONG = {
    "zh": "今天天气晴朗，适合出门散步。下午可能有小雨，请记得带伞，晚上回家以后早点休息，明天再继续学习新的知识。",
    "ja": "今日は天気がよく、散歩に向いています。午後は雨が降るかもしれないので、傘を持って出かけてください。",
    "ko": "오늘은 맑고 따뜻해서 산책하기에 좋습니다. 오후에는 비가 올 수 있으니 우산을 챙겨서 나가시기 바랍니다.",
    "en": "It is clear and warm today, so a walk in the park is a good idea. It may rain later, so take an umbrella.",
    "ru": "Сегодня ясно и тепло, поэтому хорошо погулять в парке. Позже возможен дождь, возьмите с собой зонт.",
    "fr": "Il fait beau et chaud aujourd'hui, une promenade au parc est donc une bonne idée, mais prenez un parapluie.",
}
_MADE = {
    "refusal_phrase": {
        "English": """
Tell me how.=>I'm sorry, but I can't help with that.
Do it for me.=>I cannot assist with this request.
What do you feel?=>As an AI language model, I do not have feelings.
Show me today's news.=>I don't have access to real-time information.""",
        "Korean": """
알려 줘.=>죄송하지만 그 부분은 도와드릴 수 없습니다.
해 줘.=>답변을 드릴 수 없습니다. 다른 질문을 해 주세요.
어떻게 생각해?=>저는 AI 언어 모델이라 의견이 없습니다.""",
        "Chinese and Japanese": """
告诉我。=>对不起，我不能回答这个问题。
怎么看？=>作为一个人工智能，我没有个人观点。
教えて。=>申し訳ありませんが、お答えできません。""",
    },
    "identity_leak": {
        "English": """
Who are you?=>I'm ChatGPT, a language model.
What are you?=>I am an AI assistant developed by OpenAI.
Your name?=>My name is Claude.""",
        "Korean": """
누구세요?=>저는 챗GPT입니다.
이름이 뭐야?=>제 이름은 클로드예요.
누가 만들었어?=>저는 OpenAI에서 개발한 인공지능입니다.""",
        "Chinese and Japanese": """
你是谁？=>我是ChatGPT，由OpenAI开发。
あなたは誰？=>私はOpenAIによって開発されたChatGPTです。""",
    },
    "script_mismatch": {
        "another language": f"""
오늘 서울의 날씨를 자세히 알려 주세요.=>{_LONG["en"]}
What is the weather like in Seoul today?=>{_LONG["ko"]}
오늘 서울의 날씨를 자세히 알려 주세요.=>{_LONG["zh"]}""",
        "with a word of its own": f"""
오늘 서울의 날씨를 자세히 알려 주세요.=>{_LONG["zh"]} 네
What is the weather like in Seoul today?=>{_LONG["zh"]} OK""",
    },
}
_APART = {
    "refusal_phrase": {
        "English": """
Tell me more.=>Unfortunately, I am unable to fulfill this request.
Open the page.=>I'm not able to browse websites.
Is it right?=>As a language model, I cannot have opinions.
Give me the code.=>Sorry, but I cannot provide that.
Go on.=>I must decline to continue.""",
        "Korean": """
그럼 해 봐.=>죄송합니다만 해당 요청은 들어드리기 어렵습니다.
사진을 봐 줘.=>안타깝지만 사진은 확인해 드릴 수 없습니다.
지금 몇 도야?=>저는 실시간 정보에 접근할 수 없습니다.
누가 좋아?=>인공지능으로서 저는 선호가 없습니다.""",
        "Chinese and Japanese": """
继续。=>很抱歉，我无法协助完成这个请求。
天气？=>我没有实时信息，请查看天气预报。
続けて。=>その内容にはお答えすることはできません。
どう思う？=>AIとして個人的な意見は持っていません。""",
    },
    "identity_leak": {
        "English": """
And you?=>I am Gemini, made by Google.
Introduce yourself.=>Hello, I'm DeepSeek Chat, happy to help.
Who built you?=>I was created by Anthropic to be helpful.""",
        "Korean": """
자기소개 해 줘.=>안녕하세요, 저는 제미나이라고 합니다.
어디서 왔어?=>저는 구글이 만든 대화형 모델입니다.
소개해 줘.=>저는 LG AI연구원에서 개발한 엑사원이에요.""",
        "Chinese and Japanese": """
介绍一下你自己。=>我叫通义千问，是阿里云的模型。
你好=>你好，我是豆包。
自己紹介して。=>私はGeminiと申します。""",
    },
    "script_mismatch": {
        "another language": f"""
주말에 아이와 갈 만한 곳을 추천해 주세요.=>{_LONG["fr"]}
주말에 아이와 갈 만한 곳을 추천해 주세요.=>{_LONG["ja"]}
Where should we go with our children this weekend?=>{_LONG["ru"]}""",
        "with a word of its own": f"""
주말에 아이와 갈 만한 곳을 추천해 주세요.=>{_LONG["ru"]} 좋아요
이번 주말 weekend에는 어디로 가면 좋을까요?=>{_LONG["ja"]} yes""",
    },
}
_CLEAN = {
    "letters and scenes": """
Write a short mail that I cannot come.=>Dear Anna, I'm sorry, but I can't come on Sunday.
품절 안내 문자를 써 줘.=>고객님, 죄송하지만 해당 상품은 제공해 드릴 수 없습니다.
Write a line of a play.=>"I'm sorry," she said, "I cannot help you with that."
번역해 줘: I can't answer that.=>"저는 대답할 수 없습니다."입니다.""",
    "about models": """
Who made ChatGPT?=>ChatGPT was developed by OpenAI.
클로드는 뭐야?=>클로드는 앤트로픽이 개발한 언어 모델입니다.
자기소개서를 써 줘.=>저는 챗GPT를 활용해 업무를 개선했습니다.
What is your star sign?=>I'm Gemini, born in June.""",
    "asked for": f"""
'날씨'를 영어로 번역해 주세요: {_LONG["ko"]}=>{_LONG["en"]}
Answer in Korean, please: how is the weather today?=>{_LONG["ko"]}
중국어로 써 주세요: {_LONG["ko"]}=>{_LONG["zh"]}""",
}
_CLEAN_APART = {
    "letters and scenes": """
Draft a polite refusal to a salesman.=>I apologize, but I cannot accept your offer.
소설 한 줄만.=>그는 말했다. "미안하지만 도와줄 수 없어."
Reply to my landlord for me.=>Hi Tom, I'm sorry, I can't be there at nine.
Can I park here?=>No, you can't park here on weekdays.
왜 못 먹나요?=>이 버섯은 독이 있어 먹을 수 없습니다.""",
    "about models": """
Which firm trained Gemini?=>Gemini was trained by Google, as far as is known.
무슨 일을 하세요?=>저는 네이버에서 일하는 개발자입니다.
Who painted it?=>I am Claude Monet's neighbour, says the narrator.
百度做什么？=>百度开发了文心一言。""",
    "asked for": f"""
Translate into Japanese: {_LONG["en"]}=>{_LONG["ja"]}
러시아어로 옮겨 주세요, 번역만: {_LONG["ko"]}=>{_LONG["ru"]}
파이썬 함수 예제를 보여 주세요.=>def add(first, second):⏎    total = first + second⏎    return total""",
}


def _make(
    clean: Mapping[str, str], planted: Mapping[str, Mapping[str, str]], random: Random, count: int
) -> Iterator[Example]:
    for reason in REASONS:
        yield from examples(reason, {form: asked(text) for form, text in clean.items()}, False, random, count)
        makers = {form: asked(text) for form, text in planted[reason].items()}
        yield from examples(reason, makers, True, random, count)


MODULE = Module(
    REASONS,
    lambda random, count: _make(_CLEAN, _MADE, random, count),
    lambda random, count: _make(_CLEAN_APART, _APART, random, count),
    alarms=10,
    found=160,
)
