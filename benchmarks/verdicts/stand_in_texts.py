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
