"""Words by which a question shows what it asks for: prose, or something as short as a word, a sign, a value.

In English, Korean, Chinese and Japanese. Patterns are for casefolded text; English words count as whole ones only.
"""

import re


def _cues(english: str, other: str = "") -> re.Pattern[str]:
    """One pattern of two lists of alternatives, over as many lines as they need."""
    bounded = "|".join(english.split("\n"))
    pieces = [f"(?<![a-z0-9])(?:{bounded})(?![a-z0-9+#])"] if bounded else []
    return re.compile("|".join([*pieces, *filter(None, other.split("\n"))]))


_AUXILIARY = "do|does|did|can|could|should|would|to|is|are|was|were|come"
_SOME = "a|an|some|two|three|four|five|[0-9]+|about|code|the code"
_MAKE = "write|create|generate|make|give|provide|show"
_WRITTEN = "written|called|denoted|abbreviated|spelled|represented|printed|shown|displayed|typed|expressed"
_WRITE = "write|say|spell|denote|represent|express|abbreviate|type|print|mark|show"
_SHORT_THING = (
    "symbol|sign|operator|character|letter|word|keyword|literal|abbreviation|acronym|tag|value|line|row|escape|mark"
)

PROSE = _cues(
    f"""explain[a-z]*|describe[a-z]*|discuss|elaborate|summar[a-z]+|compare|contrast|outline|introduce|why
tell me (?:about|how|why)|what (?:should|can|could) (?:i|we|you|one)|what (?:happens|makes|causes)|guide|tutorial
what (?:is|are) (?:a|an)(?! (?:[a-z-]+ ){{0,4}}(?:{_WRITTEN}|{_SHORT_THING}))
what (?:do|does|did) (?:[a-z-]+ ){{1,4}}do|differences?|advantages?|disadvantages?|benefits?|pros and cons|steps|tips
advice|ideas|recommend[a-z]*|suggest[a-z]*|essay|story|poem|haiku|analy[sz]e
debug|refactor|optimi[sz]e|list (?:two|three|four|five|some|the|[2-9])|name (?:two|three|four|five|some|[2-9])
translate|rewrite|paraphrase|proofread|improve|implement|build|design|develop|compose|draft|brainstorm|purpose|overview
(?:{_MAKE})(?: me)? (?:{_SOME})(?! (?:[a-z-]+ ){{0,2}}(?:{_SHORT_THING}))
how (?:{_AUXILIARY})(?! (?:[^ ]+ ){{0,7}}?(?:{_WRITTEN}|{_WRITE})(?![a-z]))""",
    """설명(?!\\s*(?:없이|하지|은 빼|은 생략))|짜\\s*(?:줘|주)|왜|이유|까닭|방법|추천|비교|차이|요약|번역|소개|작성
정리해|분석|조언
장점|단점|원리|특징
의견|소감|줄거리|이야기를|글을|편지를|메일을\\s*(?:써|보)|써\\s*(?:줘|주|봐|보)|만들어|지어|구현
무엇을\\s*(?:하|해|준비|조심)|하려면
되려면
어떻게(?!\\s*(?:쓰|적|표기|표현|표시|출력|부르|읽|나타|나오|되나|됩니까|되죠|될까|쓸))|어떤\\s*(?:점|식|영향|역할)
좋을까|좋나요|좋은가요|해야
原理|意义|为什么|為什麼|怎么(?!写|说|表示)|怎麼(?!寫|說|表示)|怎样|如何(?!表示|书写)|解释|解釋|介绍|介紹|描述|总结
總結|翻译
翻譯|区别|區別
建议|建議|写一(?!个字|个符)|寫一(?!個字|個符)|谈谈|分析|比较|优点|缺点|推荐|步骤|说明(?!符)|說明
書き方|やり方|仕方|作り方|使い方|なぜ|どうして|どうやって|どのように(?!書|表|出)|どうすれ|説明(?!なし|は不要)|違い
方法|理由|要約|紹介|おすすめ|翻訳
比較|感想
アドバイス|作って|作成|手順|特徴|コツ""",
)
"""What is answered with sentences, a list, a program."""

PERHAPS_PROSE = _cues(
    """what (?:is|are|was) [a-z-]+\\s*\\?|who (?:is|was|are|were) [a-z.-]+(?: [a-z-]+)?\\s*\\?|tell me|let me know
how do you (?:feel|think)""",
    """(?:이?란|이|가)\\s*(?:무엇|뭐|뭔)|다른가|다릅니까|다른지|어떤가|어때|어떻습|알려|말해|말씀해|告诉|告訴|说说
说一说|讲讲|是什么样|教えて|どうですか
どんな|どこがお""",
)
"""The same, unless something short is named."""

BRIEF = _cues(
    """(?:in|with) (?:one|a single) (?:word|character|symbol|sign|letter|token)|(?:only|just) (?:the|a|with|one)
nothing else
one word|in short form|no explanation|without (?:any )?explanation""",
    """한\\s*(?:단어|글자|낱말)로|(?:기호|결과|답|값|코드|단어|글자|부호|정답)만|설명\\s*(?:없이|하지|은 빼|은 생략)
只(?:写|寫|输出|回答|需)|一个(?:字|词|符号)|だけ(?:を|で|答|書|出)|一語で|一言で|説明(?:なし|は不要)""",
)
"""Prose is not wanted, whatever else is said."""

CODE = _cues(
    """python|javascript|typescript|java|c|c\\+\\+|c#|f#|golang|go|rust|ruby|lua|php|perl|swift|kotlin|scala|r|sql
mysql|sqlite
postgres[a-z]*|json|ya?ml|toml|xml|csv|excel|spreadsheets?|pandas|numpy|matlab|julia|haskell|ocaml|clojure|lisp|scheme
elixir|dart|objective-c|bash|shell|zsh|powershell|unix|linux|git|latex|tex|markdown|html|css|regex[a-z]*|globs?|vim
regular expressions?|prints?|printed|console|returns?|returned|evaluat[a-z]*|outputs?|values?|variables?|typeof
keywords?
literals?|pointers?|expressions?|macros?|operators?|dict|dictionary|arrays?|keys?|columns?|default|constants?|nullable
identifiers?|parse[a-z]*|divided by|progress|state|syntax|escapes?|escaped|entity|strings?|empty|status|https?
errors?|placeholders?
templates?|jinja|cells?|formulas?|null|undefined|nan|nil|none|codes?|commands?|stdout|terminal|lists?|sets?|tuples?
float""",
    """파이썬|자바|타입스크립트|c\\s*언어|c에서|러스트|루비|루아|스위프트|코틀린|엑셀|판다스|넘파이
정규\\s*(?:식|표현)|와일드카드|상태|현황|진행|셸|쉘|유닉스
리눅스|터미널|변수|반환|출력|값|함수|키워드|예약어|리터럴|튜플|리스트|시트에|시트의|참조|연산|결과|포인터|매크로|상수
자료형|타입|배열|객체|문자열
딕셔너리|집합|컬럼|쿼리
표현식|스크립트|프로그래밍|코드|오류|에러|셀에|셀은|수식|템플릿|자리\\s*표시|이스케이프|엔티티|마크다운|경로|폴더
디렉터리|디렉토리|주석|널
返回|输出|輸出|打印|变量|變數|(?<![价價])值(?![得班日])|函数|函數|关键字|關鍵字|结果|結果|类型|类名|空(?:值|串|字符|指针|列表|数组|对象|集合|行)|指针|表达式|常量|数组|对象|编程|代码
字符串|正则|通配符
路径|目录|命令|错误|錯誤|单元格|公式|模板|占位|转义|状态|変数|値|関数|キーワード|戻り|返り値|データ型|型は|空(?:文字|配列|リスト|集合)|定数|配列|オブジェクト
文字列|リテラル
正規表現|ワイルドカード|パス|フォルダ|ディレクトリ|コマンド|プログラ|コード|エラー|セル|数式|テンプレート|エスケープ
改行|换行|줄\\s*바꿈""",
)
"""Programs and data: there nothing has a name, signs have a meaning, and results are short."""

SIGNS = _cues(
    """symbols?|signs?|characters?|punctuation|marks?|wildcards?|fill in|blanks?|draw|separators?|delimiters?
bullets?|prefix
suffix|ratings?|stars?|comparison|percent[a-z]*|ampersand|emoticons?|ascii|unicode|code point|keyboard|dots?
dash(?:es)?|hyphens?|tildes?|minus
asterisks?|underscores?|periods?|full stop|ellips[a-z]+|equals?|times|multipl[a-z]+|decrement|middle dot|interpunct
notation
(?:home|parent|current) (?:directory|folder)|exclamation|commas?|colons?|semicolons?|slash(?:es)?|pipe|hash|rhythm
beats?|censor[a-z]*""",
    """기호|부호|문자|글자|찍는|찍을|찍어|느낌표|퍼센트|백분율|쌍점|쉼표|쌍반점|따옴표|괄호|빈\\s*칸|그리|그려|줄표
별점|별표|물결|밑줄
하이픈|대시|줄임표|마침표|온점|물음표|등호|가운뎃점|붙임표|이음표|뺄셈|곱셈
빼기|곱하기|나누기|표기|이모티콘|구분자|상위|홈\\s*폴더|符号|符號|标点|標點|字符|运算|填空|分隔符|省略号|省略號|句号
问号|等号|星号
破折号|下划线|波浪|间隔号|中圆点|記号|句読点|演算子|空欄|区切り|三点リーダ|ハイフン|チルダ|アスタリスク
アンダースコア|ピリオド|疑問符
等号|中黒|中点|ダッシュ""",
)
MARKUP = _cues(
    """tags?|elements?|markup|headings?|generics?|type parameters?|masks?|masked|redact[a-z]*|anonymi[a-z]*|tokens?""",
    """태그|요소|제네릭|타입\\s*매개|마스크|마스킹|익명|비식별|치환|토큰|标签|標籤|元素|泛型|脱敏|匿名|タグ|要素
ジェネリ|マスク|トークン""",
)
SHORT_FORMS = _cues(
    """abbreviat[a-z]*|acronyms?|short for|stand(?:s)? for|shorten[a-z]*|initials|forms?|schedule|timetable|calendar
label""",
    """약자|줄여|줄임|줄인|줄이|축약|약어|약칭|머리글자|서식|양식|일정표|시간표|缩写|縮寫|简称|簡稱|略称|略語|略す
略して
略すと|省略形""",
)
WORDS = _cues(
    """in english|english for|(?:which|what) word|the word|term for|phrase|wording|says? what|reads? what""",
    """영어로|단어|낱말|문구|쓸\\s*말|적힌\\s*말|안내(?:문|판|는|글)|英语|英文|单词|词语|英語で|単語|言葉""",
)
"""Words that are asked for as such."""

NOTHING = _cues(
    """any|which of|none|nobody|left|remain[a-z]*|missing|side effects?|mistakes?|exceptions?|extract
identify|find (?:all|the)|if (?:there|it|the|no|not|unknown)|otherwise|applicable|allerg[a-z]*|choose|select
options?""",
    """(?:is|are|was|were) there|남은|부작용|금기|예외|(?<!수 )있나요
(?<!수 )있습니까|(?<!수 )있는지|없으면|없다면
추출|찾아|찾으|고르|골라|해당하는|有没有|例外|提取|抽取|如果|是否|残り|ありますか|抽出|なければ|ない場合|副作用""",
)
"""Where it may be that there is nothing of the kind."""

QUANTITY = _cues("how (?:many|much)", "몇|얼마나|几|幾|多少|いくつ|どれだけ")

ENTITY = _cues(
    "", "(?:^|[.!?\\n,]\\s*)(?:who|whose|whom|when|where)(?![a-z])|누가|누구|언제|어디|谁|誰|什么时候|哪里|どこ|いつ"
)
"""Who and when: a name, a day."""

CONDITION = _cues(
    "if|otherwise|unless|else|(?:answer|reply|respond) with|write|return|output|print|say",
    "없으면|없다면|경우|라면|라고|으로 답|로 답|아니면|如果|否则|没有|回答|なければ|場合|答えて",
)
"""What a word is to be said for."""

MORSE = re.compile("morse|모스|모르스|摩斯|摩尔斯|莫尔斯|莫斯|摩爾斯|モールス")
TECHNICAL = re.compile(r"`|\w\(|[=;{}\[\]\\]|<[a-z/]")
"""What only questions about code have."""
