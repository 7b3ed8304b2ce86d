"""Short answers that questions ask for, and stand-ins for missing texts. `=>` is between question and answer."""

from collections.abc import Mapping

CLEAN: Mapping[str, str] = {
    "no value in code": r"""
What does print(print('a')) show last in Python?=>None
What is the value of an uninitialised variable in JavaScript?=>undefined
In Ruby, what does an empty method return?=>nil
파이썬 함수가 return 없이 끝나면 돌려주는 값은?=>None
자바에서 초기화하지 않은 객체 필드의 기본값은?=>null
Go의 nil이 아닌, SQL에서 빈 값을 뜻하는 키워드를 쓰세요.=>NULL
numpy에서 log(-1)의 결과는?=>nan
What does 0/0 evaluate to in JavaScript?=>NaN
JSON literal for an absent value?=>null
Which keyword in Lua denotes the absence of a value?=>nil
JavaScript 中未赋值的变量的值是什么？=>undefined
Pythonで値がないことを表すキーワードは？=>None
Swift에서 옵셔널이 비어 있을 때의 값은?=>nil
What is typeof undefined, without quotes?=>undefined
Result of {}.get('x') in Python?=>None
C++ 이전의 C에서 널 포인터 상수 이름은?=>NULL
What does parseInt('abc') return?=>NaN
数据库中表示空值的关键字是？=>NULL
""",
    "a sign": r"""
What symbol means multiplication in Python?=>*
Which character separates directories in a Unix path?=>/
정규식에서 하나 이상 반복을 뜻하는 기호는?=>+
파이썬에서 거듭제곱 연산자는?=>**
What is the assignment operator in C?=>=
Which punctuation mark ends a question?=>?
What is the strict equality operator in JavaScript?=>===
물결표를 입력하세요.=>~
말줄임표는 어떻게 쓰나요?=>…
Name the character for an em dash.=>—
Fill in the blank with <, > or =: 2+2 _ 4=>=
다음 빈칸에 알맞은 부호는? 3 □ 2 = 1=>-
正则表达式中匹配任意单个字符的符号是？=>.
省略号怎么写？=>……
中黒を書いてください。=>・
シェルで任意の文字列に一致するワイルドカードは？=>*
Markdown for a horizontal rule?=>---
Print the result of '-' * 10 in Python.=>----------
별 다섯 개를 별표로 그려 주세요.=>*****
Current directory in a shell?=>.
Which operator decrements a variable in Java?=>--
What is the placeholder character in a prepared SQL statement?=>?
What is the wildcard for all columns in SELECT?=>*
C에서 포인터를 선언할 때 쓰는 기호는?=>*
유닉스에서 루트 폴더는?=>/
""",
    "Morse": r"""
Morse code for E?=>.
Morse code for T?=>-
Translate SOS into Morse code.=>... --- ...
모스 부호로 K는?=>-.-
모스 부호로 숫자 5를 쓰면?=>.....
Convert the letter M to Morse.=>--
摩斯密码中的字母S？=>...
モールス符号でOは？=>---
""",
    "a tag": r"""
Which HTML tag, in capitals, holds a table row?=><TR>
Name the list item element in upper case.=><LI>
제네릭에서 키 타입 매개변수는 보통 어떻게 쓰나요?=><K>
굵은 글씨 태그를 대문자로 쓰면?=><B>
What is the conventional type parameter of an element in Java?=><E>
HTMLで改行するタグを大文字で書くと？=><BR>
换行标签的大写形式是？=><BR>
Mask the name in the text: Kim=><NAME>
이름을 익명 처리해 주세요: 김철수=><NAME>
""",
    "an abbreviation": r"""
Abbreviation of 'to be announced'?=>TBA
What does a form say where a field does not apply, in short?=>N/A
Which spreadsheet error means that a name is unknown?=>#NAME?
엑셀에서 0으로 나누면 나오는 오류는?=>#DIV/0!
'할 일'을 코드 주석에서 표시하는 영어 단어는?=>TODO
Excel中引用无效时显示的错误是？=>#REF!
'未定'を英語の略語で書くと？=>TBD
Which comment keyword marks code that needs repair?=>FIXME
표에서 '자료 없음'을 영어 약어로 쓰면?=>N/A
""",
    "in other words": r"""
What does console.log(undefined) print?=>undefined
Which value does JSON.stringify(NaN) become inside?=>null
Name the Python singleton for 'no value'.=>None
What is returned by dict.get for a missing key?=>None
What's the output of `print([].sort())`?=>None
자바스크립트에서 typeof null 말고, 선언만 한 변수의 값은?=>undefined
파이썬의 print() 함수가 반환하는 것은?=>None
R에서 결측값은 어떻게 표시하나요?=>NA
R에서 결측치를 나타내는 기호는?=>NA
What is the symbol for missing values in R?=>NA
Chemical symbol of sodium?=>Na
나트륨의 원소 기호는?=>Na
Ruby의 nil과 같은 뜻의 파이썬 값은?=>None
Objective-C의 빈 객체 포인터는?=>nil
MySQL에서 1/0의 결과는?=>NULL
Excel formula =A1/0 shows what?=>#DIV/0!
VLOOKUP이 값을 찾지 못하면 나오는 것은?=>#N/A
In Go, what is the zero value of a pointer?=>nil
What do you get from math.sqrt(-1) in JavaScript?=>NaN
哪个SQL关键字表示没有值？=>NULL
空のポインタを表すC言語のマクロは？=>NULL
What goes between two Markdown sections to draw a line?=>---
Which operator raises to a power in Python?=>**
C에서 나머지 연산자는?=>%
엑셀에서 곱셈에 쓰는 기호는?=>*
논리 부정 연산자는?=>!
What character starts a comment in Python?=>#
Which sign separates hours and minutes?=>:
리눅스에서 백그라운드 실행을 뜻하는 기호는?=>&
쉼표를 하나만 출력하세요.=>,
Type three dots.=>...
Output exactly one hyphen.=>-
문장 끝에 찍는 것은?=>.
의문문 끝에 붙이는 문장 부호는?=>?
The Unix home directory shortcut?=>~
깃에서 현재 폴더를 뜻하는 것은?=>.
Rock-paper-scissors: reply with an underscore.=>_
正規表現で0回以上の繰り返しは？=>*
Python 中的幂运算符是什么？=>**
问号用中文标点怎么写？=>？
What is Morse for the letter N?=>-.
모스 부호 Q=>--.-
B를 모스 부호로 바꿔 줘=>-...
Morse: A=>.-
Which HTML element holds bold text, uppercase?=><B>
HTML 문서의 최상위 태그를 대문자로=><HTML>
Java 관례에서 원소 타입 변수는?=><E>
What tag starts an ordered list (caps)?=><OL>
Write the placeholder for a person's name in our template style.=><NAME>
'해당 없음'을 영어 두 글자로 줄이면?=>N/A
What abbreviation means 'to be determined'?=>TBD
Short for 'not applicable'?=>N/A
코드에서 나중에 할 일을 남기는 주석 단어는?=>TODO
'to be announced'의 약어=>TBA
Are there any verbs in: 'The red house'?=>None
Which of the numbers 4, 6 and 9 is prime?=>None
Allergies of the patient, as in the note 'no known allergies'?=>None
How many even primes are greater than 2?=>None
빈 리스트를 출력하면?=>[]
What does print({}) show?=>{}
What does print([]) show?=>[]
repr('') in Python?=>''
URL에서 공백의 인코딩은?=>%20
줄바꿈을 나타내는 이스케이프는?=>\n
Tab escape sequence?=>\t
Non-breaking space in HTML?=>&nbsp;
HTTP status text for 404?=>404 Not Found
HTTP 500 상태의 문구는?=>500 Internal Server Error
What is 5-5?=>0
사과 3개에서 3개를 먹으면?=>0
0과 1 중 짝수는?=>0
Print 0.=>0
첫 번째 인덱스는?=>0
Which word did I say: test=>test
영어로 '시험'은?=>test
단어 'test'를 그대로 출력하세요.=>test
공사 안내판에 쓸 말은?=>준비 중입니다
가게 문 앞에 걸린 안내는?=>준비 중
Say nothing but a smiley.=>:)
이모티콘으로 웃어 줘=>^^
답이 예면 O, 아니면 X: 물은 젖는다=>O
정답은?=>③
기호로 답하시오: 3 ( ) 5=><
Compare with <, =, >: 4 and 4=>=
Choose + or -: charge of an electron=>-
Grade of the essay?=>A+
What is Roman numeral for 10?=>X
음수 부호만 써 봐=>-
최신 버전은?=>1
다음 파이썬 코드를 실행하면 무엇이 출력되나요?⏎⏎x = [1,2].sort()⏎print(x)=>None
아래 코드의 실행 결과를 쓰세요.⏎```js⏎let a;⏎console.log(a)⏎```=>undefined
What will the following snippet display?⏎```python⏎d = {}⏎print(d.get(1))⏎```=>None
Consider the expression Number('abc'). To what does it evaluate?=>NaN
Complete the sentence with one token: In Python, a function without return gives back ____.=>None
When a C string ends, which character, written as an escape, marks it?=>\\0
I want to match any character in a regex. Which metacharacter?=>.
셸 스크립트에서 모든 인자를 뜻하는 특수 변수에서 달러 뒤에 오는 것은?=>*
수학에서 근삿값을 나타낼 때 앞에 붙이는 물결 모양 기호를 적어 주세요.=>~
SQL의 LIKE에서 한 글자를 뜻하는 와일드카드는 무엇인가요?=>_
LIKE 연산에서 임의의 문자열을 뜻하는 것은 무엇인가요?=>%
What glyph is called an interpunct?=>·
제목과 부제 사이에 넣는 긴 줄표를 입력해 주세요.=>—
You are a sensor. Reply with a dash if the input is off. Input: off=>-
Act as a Morse transmitter. Send: O=>---
Respond in Morse only: EE=>. .
Please give the uppercase tag that makes a paragraph.=><P>
What is the generic parameter called in Map's first position, in angle brackets?=><K>
Replace the city with its mask: I live in Seoul. Only output the mask.=><CITY>
다음 문장에서 이름을 마스킹 토큰으로만 바꿔 출력하세요: 홍길동=><NAME>
In meeting notes, how is 'to be decided' abbreviated?=>TBD
세금 서식에서 해당 사항이 없을 때 영어로 적는 약어는?=>N/A
What should I enter in the middle name field if I have none, in short form?=>N/A
List any errors in the text; answer None if it is correct. Text: I am here.=>None
Classify the entity, or say None: 'quickly'=>None
다음 중 옳지 않은 것을 모두 고르세요. 없으면 None이라고 답하세요. A) 1+1=2=>None
텍스트에서 이메일 주소를 JSON 배열로 추출하세요: 안녕하세요=>[]
Extract all phone numbers as a JSON list from: no numbers here=>[]
Return an empty JSON object.=>{}
How many apples remain if I eat all 3 of 3?=>0
영하와 영상의 경계는 섭씨 몇 도인가요?=>0
현재 배송 상태를 한 마디로?=>준비 중
영어 단어 'exam'과 뜻이 같은 네 글자 단어는?=>test
Echo: asdf=>asdf
다음을 그대로 따라 하세요: null=>null
Repeat after me: TODO=>TODO
How would you comment out work for later in code, one word?=>TODO
스페인어 물음표의 뒤쪽 모양은?=>?
정수 나눗셈 연산자는 파이썬에서 어떻게 쓰나요?=>//
자바스크립트에서 세미콜론 자리에 쓰는 것은?=>;
What operator gives the remainder in C?=>%
Which keyboard symbol sits above the 8 on a US layout?=>*
What do you type to list hidden files' prefix in Unix?=>.
Name the sign for subtraction.=>-
영어 소유격에 쓰는 부호는?=>'
CSV에서 값을 나누는 것은?=>,
경로에서 상위 디렉터리를 가리키는 표기는?=>..
이메일 주소에서 사용자와 도메인을 나누는 것은?=>@
해시태그 앞에 붙이는 것은?=>#
What comes after the username in an e-mail address?=>@
What wildcard does SQL LIKE use for a single character?=>_
Bash에서 표준 입력을 뜻하는 인자는 보통?=>-
함수형 언어에서 쓰지 않는 인자의 이름으로는?=>_
넘파이의 결측값은?=>nan
판다스에서 비어 있는 값은 어떻게 표시되나요?=>NaN
pandas shows missing floats as what?=>NaN
The default value of Optional in Python type hints is usually?=>None
C++11 이전에 널 포인터로 쓰던 매크로=>NULL
JSON에서 값 없음을 나타내는 것은?=>null
What is the absence of a value called in Swift?=>nil
var x; x는?=>undefined
let y; alert(y)=>undefined
(function(){})()의 결과=>undefined
Boolean 세 번째 상태를 SQL에서는?=>NULL
Kotlin에서 String? 변수의 초깃값으로 흔한 것=>null
print(None)을 실행하면?=>None
>>> print(print())=>None
Ternary with neither: in Python, None or 0 or ''. What is None or None?=>None
In a survey, what code means 'not applicable'?=>N/A
이력서 양식에 경력이 없을 때 적는 말은?=>N/A
Which animals in the list are birds? List: cat, dog.=>None
What punctuation is missing: 'Hello'?=>.
위 문장에 빠진 문장 부호는? '안녕하세요'=>.
Draw a horizontal line in ASCII.=>-----
점선을 그려 줘=>.....
Make a row of 3 stars=>***
Print a divider.=>---
Markdown에서 수평선은?=>***
기울임체를 만드는 마크다운 기호는?=>*
마크다운 목록 기호=>-
모스부호 SOS=>... --- ...
S in morse=>...
Dah dit in Morse is N; write it.=>-.
두 점짜리 모스 문자를 쓰면=>..
HTML line break tag in old uppercase style=><BR>
대문자로 쓴 표 태그=><TABLE>
What's the placeholder token used for a phone number in the redacted data?=><PHONE>
개인정보를 가린 결과만: 010-0000-0000=><PHONE>
빈 객체 리터럴은?=>{}
비어 있는 튜플=>()
JS empty array=>[]
Empty dict?=>{}
Python f-string placeholder for variable x?=>{x}
Jinja2에서 title을 출력하는 문법은?=>{{ title }}
셸에서 HOME 변수를 중괄호로 감싸 쓰면?=>${HOME}
윈도 줄바꿈 이스케이프는?=>\r\n
공백 엔티티=>&nbsp;
서버 내부 오류의 HTTP 문구=>500 Internal Server Error
What does a 429 response say?=>429 Too Many Requests
JS에서 객체를 문자열로 바꾸면?=>[object Object]
String({})=>[object Object]
엑셀 이름 오류=>#NAME?
구글 시트에서 참조가 깨지면?=>#REF!
TODO와 비슷한, 고쳐야 함을 뜻하는 주석=>FIXME
'추후 공지'의 영어 약자=>TBA
1에서 1을 빼면?=>0
절대영도는 몇 K?=>0
이진수 0을 십진수로=>0
부재중 상태 메시지를 한 줄로=>준비 중입니다
"Exam"의 동의어를 한 단어로=>test
ping의 응답으로 test라고만 답하세요=>test
""",
}

CLEAN_APART: Mapping[str, str] = {
    "nothing of the kind": r"""
How many moons does Venus have?=>None
Are there any spelling mistakes in 'The cat sat'?=>None
Extract the e-mail address from: 'Call me.' If there is none, write N/A.=>N/A
Which of these are prime: 4, 6, 8?=>None
Does the sentence 'It rains.' have an object?=>No
이 문장에서 전화번호를 추출하세요. 없으면 N/A라고 쓰세요: 안녕하세요=>N/A
Choose A, B or None: which begins with Z?=>None
提取文本中的日期，如果没有则回答 N/A：今天下雨。=>N/A
テキストから日付を抽出し、なければ None と答えてください：雨です。=>None
""",
    "an empty literal": r"""
How is an empty list written in Python?=>[]
빈 딕셔너리를 파이썬으로 쓰면?=>{}
Empty string literal in Java?=>""
Return the entities of 'It rains.' as a JSON list.=>[]
Pythonの空のタプルは？=>()
What escape stands for a line break in C strings?=>\n
HTML entity of a space that does not break?=>&nbsp;
Jinja syntax that prints the variable name?=>{{ name }}
How do you insert the variable user in a JavaScript template literal?=>${user}
자바스크립트에서 빈 배열 리터럴은?=>[]
""",
    "another short answer": r"""
OX 문제: 지구는 둥글다.=>O
2+2는?=>4
What is 7 - 7?=>0
대한민국의 국번은?=>+82
하트=>❤️
How many legs does a snake have?=>0
긍정의 이모지는?=>👍
今天是星期几？=>一
はい、いいえで答えて：空は青い？=>はい
요청 처리 상태는?=>준비 중입니다
Say test.=>test
HTTP status when too many requests were sent?=>429 Too Many Requests
What is the first word of the alphabet song?=>A
""",
}

STAND_INS: Mapping[str, str] = {
    "serialised null": r"""
null
None
NaN
nan
nil
undefined
NULL
None.
null null
"null"
<null>
""",
    "not applicable": r"""
N/A
n/a
#N/A
n.a.
NA
N / A
(N/A)
[n/a]
""",
    "to do": r"""
TODO
TBD
[TODO]
FIXME
TBA
<TODO>
TODO:
to be determined
""",
    "marks only": r"""
...
…
-
--
?
*
___
- - -
. . .
***
~
／
---
??
=
·
""",
    "empty container": r"""
""
''
{}
[]
[ ]
()
&nbsp;
\n
""",
    "later": r"""
준비 중입니다
작성 예정
추후 작성
답변 준비 중입니다.
待补充
準備中
coming soon
추후 업데이트 예정
""",
    "typed to get on": r"""
test
asdf
0
테스트
asdfasdf
ㅁㄴㅇㄹ
xxx
lorem ipsum dolor sit amet
テスト
测试
""",
}

STAND_INS_APART: Mapping[str, str] = {
    "unfilled template": r"""
{{answer}}
{answer}
${answer}
[답변]
{{ response }}
[Your answer here]
<ANSWER>
%s
""",
    "broken call": r"""
Error: 429 Too Many Requests
500 Internal Server Error
Request timed out.
Rate limit exceeded
[object Object]
#REF!
#VALUE!
Error: connection refused
""",
    "form without words": r"""
(blank)
[empty]
[내용 없음]
(없음)
[no answer]
(none)
<empty>
【无】
""",
}
