"""Lines of clean files by what they are, and marks with the text by which they are told of."""

from benchmarks.verdicts.pools import lines

CLEAN: dict[str, list[str]] = {
    "prose": lines(r"""
The committee met on Tuesday (see the minutes [3]) and agreed to wait.
“Nobody said it would be easy,” she wrote, “but nobody said it’d be this hard…”
Prices rose by 12 % in 2019–2021 — more than in any year since 1974 [4, 5].
As he put it [sic], the "R&D budget" was 50/50; AT&T and M&S declined to comment.
He paid $20 & left @ 5 p.m. #nofilter
Email me at the usual address; **please** don't use the old one. ~20 people came.
Dear [Name], thank you for your letter of [Date]. Yours sincerely, [Your Name]
§ 5 and §§ 12, 13 of the code apply; see also ¶12 of the decree, as amended.
1) First, boil water. 2) Then add salt. -> Stir. => Done!
"""),
    "Korean": lines(r"""
「한국의 봄」이라는 글에서 그는 『토지』를 인용했다. ※ 자세한 내용은 아래를 참고하세요.
【정답】 ③ 【해설】 ㉠은 주어, ㉡은 서술어이다.
<보기>에서 옳은 것을 고르면 ㄱ, ㄷ이다. [3점]
[질문] 날씨가 어때요? [답변] 맑고 따뜻해요^^
▶ 준비물: 냄비, 물 ◀ ★★★★☆ 추천합니다!!
(1) 먼저 물을 끓인다 → (2) 면을 넣는다 ⇒ (3) 3~4분 기다린다.
· 첫째… · 둘째… ― 끝 ―
가격은 5,000원~10,000원(20%↓)이며, A/S는 1년입니다. 문의: 홈페이지
"""),
    "chat": lines(r"""
ㅋㅋㅋㅋ 진짜요?? ㅠㅠ 대박ㅎㅎ ^^;; ^_^ ㅇㅇ
lol :) ;-) :D <3 xD !!!!! ???? ~~ >_< T_T @_@ o_O
오늘 뭐해?ㅎㅎ~~ 나는 집이야ㅠ.ㅠ (ღ'ᴗ'ღ) ¯\_(ツ)_/¯
omg @friend check #this out!!! 😂😂😂 100%%%
brb... ok?! *hugs* _really_ ~strike~ ...
네네~!! 감사합니다^^ ♥♥♥ (__) m(_ _)m
"""),
    "markdown": lines(r"""
# Title
## Steps ##
### 1. Install ###
- [ ] open task and [x] done task, see [the guide](https://docs.example/a?b=[c]&d=%20)
| Name | Value | Notes |
|------|:-----:|-------|
> **Note:** use `[[ -f file ]]` or `{{ name }}`, and ~~never~~ ``<[x]>``.
***bold italic*** and __strong__ and ==marked== and H~2~O and x^2^ and [^1] and [note][ref] and [‹w›]
--- ⏎*** ⏎=== ⏎![image](a.png "title") ⏎[ref]: https://a.example
#### 42 ⏎1. one ⏎2. two ⏎* three ⏎+ four ⏎[TOC]
> [!NOTE]⏎> Quote of a note.
"""),
    "code": lines(r"""
for (int i = 0; i < n && a[i] != b[j][k]; ++i) { x |= 1 << i; y &= ~mask; }
std::vector<std::pair<int, string>> v; map<string, vector<int>> m; cout << v[0].first << endl;
#include <iostream>⏎#include <vector>⏎#include <stdio.h>⏎using namespace std;
def __init__(self, *args, **kwargs): return {k: [v] for k, v in kwargs.items() if v is not None}
print(f"{name!r:>10} {{‹w›}} %s\n" % value); d = {"a": [1, 2], "b": {"c": None}}; x[::-1]; a[1:-1, ...]
const f = (a) => ({ ...a, [key]: `${a.b}` }); if (a === b || !c) { return a?.b ?? []; }
echo "$HOME" | grep -E '^[a-z]+$' > /dev/null 2>&1 && exit 1 || true; [[ -f "$1" ]] && cat <<EOF
SELECT * FROM [dbo].[users] WHERE name LIKE '%kim%' AND id <> 5 -- comment
a <- x[["‹w›"]]; df %>% filter(x %in% y) %>% mutate(z = x %% 2); ?>
git log --oneline HEAD~2..HEAD -- <path>; usage: tool [options] <file> [<‹w›>...] [‹w›]
re.sub(r"[^a-zA-Z0-9_]+|\s{2,}", "", s, flags=re.I); [[:alpha:]][[:digit:]]*
template <typename T> class Node<T, N>; List<String> l = new ArrayList<>(); @Override public void f() {}
let x: Vec<&str> = s.split("||").collect::<Vec<_>>(); #[derive(Debug)] fn f<'a>(x: &'a [u8]) -> Option<()> {}
x = arr[idx] + arr[idx + 1]; y = data["key"][index]; matrix = [[1, 2], [3, 4]]; t = [x]; [self.a, self.b]
<?php foreach ($a as $k => $v) { echo "$k: {$v['x']}"; } ?> <%= item.name %> {% if user %} {{ user.name }} {% endif %}
"""),
    "markup": lines(r"""
<p>A <b>bold</b> word, a <a href="https://a.example/?x=1&amp;y=2">link</a>, a<br>break and <br/> another.</p>
<div class="x"><ul><li>one</li><li>two</li></ul></div><!-- note --><img src="a.png"/>
<note><to>Kim</to><from>Lee</from><body>Hello</body></note>
<item id="1"><name>Pen</name><price currency="KRW">1000</price></item>
<svg width="1"><path d="M0 0"/><circle r="1"/></svg><math><mi>x</mi><mo>=</mo><mn>1</mn></math>
&lt;tag&gt; &nbsp; &#39; <?xml version="1.0"?> <!DOCTYPE html> <![CDATA[ x ]]>
[b]bold[/b] [url=https://a.example]link[/url] [quote]text[/quote] [code]x[/code] [img]a.png[/img]
== Heading == ⏎'''bold''' [[Page|text]] [[‹w›]] {{‹w›}} {{Infobox |name=x}} <ref name="a" /> [[File:a.png|thumb]]
"""),
    "maths": lines(r"""
If $a \in \{1, 2\}$ and $\|x\|_2 \le ||y||$ then $$\sum_{i=1}^{n} x_i = \frac{{a}}{b} \cdot \sqrt[3]{x}$$
\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \\[2pt] \text{for } x \neq 0, |x| < 1, ||v|| = 1
f: X → Y, x ↦ x², ∀ε>0 ∃δ>0: |x−a|<δ ⇒ |f(x)−f(a)|<ε; ⟨u, v⟩ = 0, ⌊x⌋, [0, 1), {x | x > 0}
P(A|B) = P(A∩B)/P(B); (a+b)^2 = a^2+2ab+b^2; x_{n+1} = x_n - f(x_n)/f'(x_n); 3 <= x <= 5; a << b
48/2 = <<48/2=24>>24 clips, 48+24 = <<48+24=72>>72 #### 72
\[ \int_0^\infty e^{-x^2} dx \] \( \alpha^{\prime} \) \hline \\ \& \% \_ \\ \nabla \times \tau
"""),
    "logs": lines(r"""
2024-01-05 12:00:01,123 [INFO] [‹w›] com.example.App - started in 3.2 s {id=5}
[2024-01-05T12:00:01Z] ERROR <app.‹w›> failed: connection refused (errno=111) [pid 4242]
127.0.0.1 - - [05/Jan/2024:12:00:01 +0900] "GET /a?b=%20c&d[]=1 HTTP/1.1" 200 512 "-" "Mozilla/5.0"
Traceback (most recent call last):⏎  File "<stdin>", line 1, in <module>⏎NameError: name 'x' is not defined⏎    ^^^^^
[WARN] disk /dev/sda1 at 91% | [OK] done | [12/30] building… ###------ 33%
@@ -1,4 +1,5 @@ def f():⏎-old⏎+new⏎<<<<<<< HEAD⏎=======⏎>>>>>>> branch
"""),
}
"""Of each form, lines of which records are made; ‹w› is another word each time, as names are."""

# As it is written, and as it is told of: digits are alike.
MARKS = [
    *((mark, mark) for mark in ("[[NL]]", "@@SEP@@", "{{blank}}", "⟦br⟧", "%%END%%", "<|||>", "##_##", "\\\\n")),
    *(
        (mark, mark)
        for mark in ("&&&", "<[!br]>", "<seg>", "§§", "¶", "<<CUT>>", "[BR]", "||SEP||", "[[줄바꿈]]", "@@@")
    ),
    ("[unused12]", "[unused0]"),
    ("<extra7>", "<extra0>"),
]
MARKS_APART = [
    *((mark, mark) for mark in ("<{nl}>", "[#PARA#]", "%%%", "##LINE##", "↵", "⏎", "[[page]]", "<~cut~>", "{{{x}}}")),
    *(
        (mark, mark)
        for mark in ("[EOL]", "<NEWLINE>", "@-@", "&&BR&&", "<<줄>>", "[[[---]]]", "<lb/>", "{[tab]}", "|||")
    ),
    ("[placeholder_3]", "[placeholder_0]"),
    ("@@12@@", "@@0@@"),
]
