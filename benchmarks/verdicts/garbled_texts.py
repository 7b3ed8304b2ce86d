"""Answers with characters that elsewhere are damage. ⏎ is a line end, ␛ an escape, ␌ a form feed, ␇ a bell."""

from collections.abc import Mapping

CLEAN: Mapping[str, str] = {
    "form feeds": r"""
Show a GNU style C file.=>#include <stdio.h>⏎␌⏎/* main */⏎int main(void) { return 0; }⏎
책의 첫 두 쪽을 옮겨 주세요.=>첫째 쪽의 글입니다.⏎␌둘째 쪽의 글입니다.
Show the Emacs Lisp file.=>```elisp⏎(provide 'a)⏎␌⏎(defun b ())⏎```
两页内容=>第一页。␌⏎第二页。
Print a page break in C.=>printf("␌");
""",
    "signs of loss as the subject": r"""
U+FFFD는 무엇인가요?=>대체 문자(�)로, 바이트를 글자로 바꾸지 못했을 때 나옵니다.
What is the replacement character?=>The sign �, a question mark in a diamond, at U+FFFD.
Remove bad characters in Python.=>```python⏎clean = s.replace('�', '')⏎```
Why do I see � in my file?=>The file is not UTF-8; a decoder writes � for each invalid byte.
替换字符是什么？=>是“�”，表示无法解码的字节。
文字化けの記号は？=>「�」です。復号できないバイトを表します。
Python decode with errors='replace'?=>b'caf\xe9'.decode('utf-8', 'replace') gives 'caf�'.
한글이 깨지면 어떻게 보이나요?=>인코딩이 다르면 '��'나 '???'처럼 보입니다.
How is U+FFFD written in HTML?=>As &#65533; or &#xFFFD;.
Java literal of the replacement character?=>'\uFFFD'
烫烫烫是怎么来的？=>未初始化的内存是 0xCC，两个 0xCC 按 GBK 解码就是“烫”，所以显示“烫烫烫”。
""",
    "unusual characters": r"""
Soft hyphen?=>co­op­er­ate
왼쪽 쓰기=>‏שלום‎
아이콘=>홈 
BOM=>앞﻿뒤
Table=>a␉b␉c␍⏎1␉2␉3
Emoji family=>👨‍👩‍👧‍👦
ASCII art=>¯\_(ツ)_/¯
Ogham=> a
Old text=>ſ ƿ þ
""",
}

CLEAN_APART: Mapping[str, str] = {
    "escape sequences of terminals": r"""
How do I print red text in a terminal?=>print('␛[31mred␛[0m')
터미널 로그를 그대로 보여 주세요.=>```⏎␛[32mPASS␛[0m test_one⏎␛[31mFAIL␛[0m test_two⏎```
Show the ANSI codes of bold.=>␛[1mbold␛[22m is bold.
终端颜色示例=>```bash⏎echo '␛[1;34mblue␛[0m'⏎```
Set the title of the terminal window.=>printf '␛]0;build␇'
ls の色付き出力を見せてください。=>```⏎␛[01;34msrc␛[0m  README.md⏎```
Paste the pytest output.=>```text⏎␛[1m==== 2 passed in 0.1s ====␛[0m⏎```
""",
    "question marks": r"""
말도 안 돼=>정말?? 진짜?? 언제부터요???
Annotate the game.=>12. Nf3?? Qh4 13. Kf1?! Qxf2 mate
Prepared statement?=>INSERT INTO t VALUES (?, ?, ?)
JS nullish=>const a = b ?? c ?? d;
수수께끼=>?? + 3 = 7이면 ??는 4입니다.
Write a text of a surprised friend.=>What?? You did WHAT?? Tell me!!
Solve: ? + ?? = ???=>Any digits that fit, such as 1 + 11 = 12 do not; try 5 + 95 = 100.
¿Qué?=>¿Qué dices? ¿Por qué no vienes? ¡Ven!
C trigraphs=>??= is #, ??( is [ and ??) is ].
Mask of a phone number?=>Write it as ???-????, one mark for each digit.
Glob of three letters?=>ls ???.txt
惊讶的回复=>什么？？真的吗？？？
""",
}
