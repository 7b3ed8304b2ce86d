"""Answers that show tokens and turns, and forms of those into which they leaked; {} is a text, ⏎ a line end."""

from collections.abc import Mapping

CLEAN: Mapping[str, str] = {
    "HTML": r"""
How do I mark an old price?=>Wrap it: <s>$20</s> now <b>$15</b>.
취소선 예를 보여 주세요.=><p>정가 <s>30,000원</s> 할인가 25,000원</p>
이벤트 문구를 HTML로=><ul><li><s>매진</s></li><li>판매 중</li></ul>
删除线怎么写？=>用 <s>旧价格</s> 包起来即可。
取り消し線の例は？=><s>1000円</s> 800円
Name the HTML tag for text that is no longer correct.=><s>
Which tags make a sentence struck through?=><s> and </s>
SVG에서 마스크는?=><svg><mask><rect/></mask></svg>
Show a README line with a removed item.=>- <s>buy milk</s>⏎- call Ann
Write the menu as HTML.=><table><tr><td><s>Soup</s></td><td>sold out</td></tr></table>
정정 기사 예시=>회장은 <s>12일</s> 13일 출국했다.
""",
    "code": r"""
How do I set the eos token?=>```python⏎tok.eos_token = '</s>'⏎tok.pad_token = '<pad>'⏎```
Format a Llama prompt in Python.=>prompt = f"<s>[INST] {question} [/INST]"
프롬프트를 만드는 코드=>```python⏎text = f"<|im_start|>user\n{q}<|im_end|>"⏎```
Split at the separator.=>Use `text.split('[SEP]')` and drop the first part.
Stop words for vLLM?=>SamplingParams(stop=["<|eot_id|>", "</s>"])
How do I strip thoughts?=>```python⏎re.sub(r'<think>.*?</think>', '', text)⏎```
JSON of special tokens=>{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
正则删除标记=>```python⏎re.sub(r'<\|.*?\|>', '', s)⏎```
トークンを追加するには？=>`tokenizer.add_special_tokens({'additional_special_tokens': ['<|user|>']})` を呼びます。
Where does the prompt end?=><pre>### Instruction:⏎Say hi.⏎⏎### Response:</pre>
stop 문자열 설정=>stop = ['### Instruction:', 'Human:']
C token pasting?=>#define JOIN(a, b) a##b
""",
    "spoken of": r"""
What is the role of [CLS] in BERT?=>The [CLS] token gathers what classifies the sentence, and [SEP] ends each segment.
GPT-2의 문서 끝 표시는 무엇인가요?=><|endoftext|> 토큰입니다. 문서와 문서 사이에 넣습니다.
ChatML에서 차례의 끝은?=><|im_end|>
How does Gemma mark turns?=>It puts <start_of_turn> before and <end_of_turn> after each of them.
T5的哨兵标记是什么？=>T5 用 <extra_id_0> 这样的标记代替被遮住的片段。
Llama 2のシステムプロンプトは？=><<SYS>> と <</SYS>> で囲みます。
패딩은 왜 필요한가요?=>길이를 맞추려고 <pad> 토큰을 뒤에 붙입니다. 손실에서는 뺍니다.
What happens to rare words in word2vec?=>They are replaced by <unk> before training.
EXAONE의 차례 끝 토큰은?=>[|endofturn|] 입니다.
What does the Alpaca prompt look like?=>It has two headings, ### Instruction: and ### Response:, with texts below.
Explain reasoning models.=>They write between <think> and </think> before they answer.
WordPiece splits 'playing' how?=>Into `play` and `##ing`.
마스크 언어 모델이란?=>문장의 [MASK] 자리를 맞히도록 배우는 모델입니다.
Compare BOS and EOS.=>BOS, often <s>, begins a sequence; EOS, often </s>, ends it.
DeepSeek的结束标记？=>结束标记是 <｜end▁of▁sentence｜>。
How is unknown text shown by BERT?=>As [UNK], one for each word that is not in its vocabulary.
""",
    "thoughts in front": r"""
What is 12 times 12?=><think>⏎12*12 = 144.⏎</think>⏎144
물은 왜 얼면 가벼워지나요?=><think>분자 배열을 생각한다.</think>⏎⏎육각 구조로 벌어지기 때문입니다.
Is 91 prime?=><think>⏎7 * 13 = 91⏎</think>⏎⏎No, it is 7 × 13.
天空为什么是蓝色的？=><think>⏎散射。⏎</think>⏎因为散射。
""",
    "in other words": r"""
Llama 3의 턴 종료 토큰 이름은?=><|eot_id|>입니다.
Which special tokens does RoBERTa use?=><s>, </s>, <pad>, <unk> and <mask>.
RoBERTa 특수 토큰 목록=>- <s>: 시작⏎- </s>: 끝⏎- <pad>: 채움
What token should I use as pad for GPT-2?=>GPT-2 has none, so set it to <|endoftext|>.
How is FIM prompted in StarCoder?=>Use <fim_prefix>, <fim_suffix> and <fim_middle>.
vLLM 서버에서 stop 토큰을 지정하려면?=>요청에 "stop": ["<|im_end|>"] 을 넣습니다.
HTML5에서 더 이상 정확하지 않은 내용을 표시하려면?=><s> 요소를 사용합니다. 예: <s>매진</s> 입고됨
Write an HTML price tag=><div class="price"><s>₩10,000</s> ₩8,000</div>
할인 표시=>~~10,000원~~ 대신 <s>10,000원</s> 8,000원처럼 씁니다.
Spring repository interface=>public interface Repo<T, ID> { <S extends T> S save(S s); Iterable<S> all(); }
Rust trait=>trait Shape<S> { fn area(&self) -> S; }
C++ vector of S=>std::vector<S> v; std::map<K, std::vector<S>> m;
TypeScript hook=>const [state, setState] = useState<S>(init);
Bash=>while read -r s; do echo "$s"; done <<< "$text"
R pipe=>x |> f() |> g()
Julia=>f = x -> x |> sqrt
OCaml=>let (<|>) p q = choice p q
BERT의 입력은 어떻게 생겼나요?=>입력은 `[CLS] 문장 A [SEP] 문장 B [SEP]` 꼴입니다.
What does [SEP] do?=>It separates two segments.
How do I mask a word for BERT?=>Write The capital is [MASK]. and let it predict.
Regex to remove think blocks=>Use `<think>[\s\S]*?</think>` with the global flag.
DeepSeek R1 출력 형식은?=>먼저 <think>와 </think> 사이에 추론을 쓰고, 그다음 답을 씁니다.
2+2=><think>⏎simple⏎</think>⏎⏎4
Write a chat between Human and AI about tea=>Human: Do you like tea?⏎AI: I cannot drink.⏎Human: Pity.
고객과 챗봇의 대화 스크립트 작성=>사용자: 환불이요⏎챗봇: 네⏎사용자: 고마워요
Show how to use few-shot prompts=>Human: 2+2⏎Assistant: 4⏎Human: 3+3⏎Assistant:
Explain RBAC=>Roles:⏎Admin: all⏎User: limited⏎Assistant: helps
Compare vision=>Eagle: 20/4⏎Human: 20/20
Write docs=>### User:⏎The person.⏎### Admin:⏎The boss.⏎### Guest:⏎Nobody.
Incident?=>### Response⏎We restarted.
Recipe=>### Instructions⏎1. Mix
Markdown heading?=>##제목처럼 띄어 쓰지 않으면 안 됩니다.
Commit=>fix(parser): see issue ##12
C 전처리기 토큰 결합=>#define CAT(a,b) a ## b
XML 예=><user><name>Kim</name></user>
JSX=><Mask><Pad /></Mask>
Math=>a < s > b is not valid
Template literal=>`<s>${x}</s>`
이메일 서식=>Dear [NAME], your code is [CODE].
LaTeX=>$\langle s | t \rangle$
quantum ket=>|psi> and <phi| are kets and bras; <|a|> is odd.
Haskell applicative=>(,) <$> p <*> q <|> r
Subtitles=><i>Hello</i> <s>bye</s>
Slack 마크업=>~취소선~은 HTML의 <s>와 같습니다
Korean law=>제3조 [EOS 규정] 삭제
Log=>[INFO] user logged in⏎[ERROR] fail
Unix=>cat << EOS⏎hi⏎EOS
Fill=>I went to the ___ yesterday.
주석=># TODO: fix
Ask=><your name> 자리에 이름을 쓰세요.
""",
}

CLEAN_APART: Mapping[str, str] = {
    "type parameters and operators": r"""
Java interface?=>interface Store<S> { S load(); void save(S state); }
C# generic method=>public S Get<S>(string key) where S : class => default;
Kotlin class=>class Box<S>(val item: S)
Scala?=>def run[S](s: S): List<S> = ???
Chained comparison=>if (a<s>b) { return x<<SYS>>2; }
F# pipes=>xs |> List.map f <| y
Elm operator=>a |> b <| c
Rust turbofish=>let v = iter.collect::<Vec<S>>();⏎impl<S> Layer<S> for Log {}
Swift protocol=>struct Stack<S>: Sequence { var items: [S] = [] }
Bash here string=>tr a-z A-Z <<< "$s"
C에서 시프트는?=>mask = 1<<SYS>>3;
""",
    "dialogue that was asked for": r"""
Write a dialogue between a user and an assistant.=>User: Hi!⏎Assistant: Hello, how can I help?⏎User: Tell me a joke.
상담 대화를 만들어 주세요.=>사용자: 환불하고 싶어요.⏎상담원: 주문 번호를 알려 주세요.⏎사용자: 123입니다.
Give me an example chat with a bot.=>Human: What's the time?⏎⏎Assistant: It is noon.
写一段用户和助手的对话。=>用户：你好！⏎助手：您好，请问有什么可以帮您？
ユーザーとアシスタントの会話例を書いて。=>ユーザー：こんにちは。⏎アシスタント：こんにちは、ご用件は？
How would you test a bot?=>Ask it something simple, for instance:⏎⏎User: What is 2+2?⏎Assistant: 4
Write the script of a short play about a robot.=>Human: Who are you?⏎⏎Assistant: A friend.⏎⏎Human: Stay.
""",
    "documents": r"""
Write an incident report.=>### Summary:⏎All down.⏎⏎### Detection:⏎Alarms.⏎⏎### Response:⏎Restarted.⏎⏎### End:⏎Test.
Recipe for soup=>### Ingredients:⏎- water⏎⏎### Instructions:⏎1. Boil.⏎2. Serve.
자주 묻는 질문을 만들어 주세요.=>### 질문: 배송은?⏎이틀 걸립니다.⏎⏎### 질문: 환불은?⏎일주일 안에 됩니다.
How many chromosomes do animals have?=>Human: 46⏎Dog: 78⏎Cat: 38
Compare speeds=>Some figures.⏎⏎Cheetah: 110 km/h⏎Human: 45 km/h⏎Snail: 0.05 km/h
Explain access rights=>There are three roles.⏎⏎Admin: may do all.⏎User: may read.⏎Guest: may look.
API 문서=>## Request⏎POST /chat⏎⏎## Response⏎200 OK
정리해 줘=>본문입니다.⏎⏎##결론⏎끝입니다.
Anonymise the letter.=>Dear [NAME], your order [ORDER] has shipped. Ask for [MASK] at the desk.
접근 권한=>역할은 둘입니다.⏎⏎관리자: 모두 됩니다.⏎사용자: 읽기만 됩니다.
Usage?=>ssh <usr>@<host> and then run ls.
think out loud=>I think <3 is a heart, and a < b > c is odd.
""",
}

LEAKED: Mapping[str, str] = {
    "end tokens": r"""
{}<|im_end|>
{}</s>
{} </s>
{}<|endoftext|>
{}<|eot_id|>
{}<end_of_turn>
{}[|endofturn|]
{}<eos>
{}⏎<|end|>
{}<｜end▁of▁sentence｜>
{}<|end_of_text|>
{}[EOS]
{}[SEP]
{} <|END_OF_TURN_TOKEN|>
""",
    "start tokens": r"""
<s>{}
<s> {} </s>
<|im_start|>assistant⏎{}
[|assistant|]{}
<bos>{}
<|begin_of_text|>{}
[CLS] {} [SEP]
<|start_header_id|>assistant<|end_header_id|>⏎⏎{}
[/INST] {}
<start_of_turn>model⏎{}
<|assistant|>⏎{}
""",
    "tokens between": r"""
{} <pad><pad><pad>
{}<unk>{}
{} [INST] {}
{}<|im_end|>⏎<|im_start|>user⏎{}
{}<extra_id_0>{}
{}<0x0A>{}
{} <<SYS>> {}
{}</s><s>{}
{} <|sep|> {}
{}<unused0>{}
""",
    "thoughts": r"""
<think>⏎{}
{}⏎</think>
{} <think>{}</think>
<think>{}⏎{}
{}</think>⏎⏎{}
{}⏎<think>⏎
<thinking>⏎{}
""",
    "pieces of words": r"""
{} ##하세요
{} ##ing ##ly
{} ##です
""",
}

LEAKED_APART: Mapping[str, str] = {
    "tokens of small vocabularies": r"""
{} <unused99>
{}<reserved_106>
{}<usr>
{} <sys>
{} [MASK]
{} [PAD]
{}<mask>
{} [UNK]
{}<eoh>
{} </SYS>
{} [gMASK]
{}<EOS_TOKEN>
{} |im_end|>
{} <sep>
{}<end_of_utterance>
""",
    "headings of Alpaca": r"""
{}⏎⏎### Instruction:⏎{}
{}⏎⏎### Response:⏎{}
{} ### Response:
{}⏎### Human: {}⏎### Assistant: {}
{}⏎⏎### 질문: {}⏎⏎### 답변: {}
{}⏎⏎### User:⏎{}
### Response:⏎{}
{}⏎⏎### 명령어:⏎{}
""",
    "run-on turns": r"""
{}⏎⏎Human: {}⏎⏎Assistant: {}
{}⏎⏎Human: {}
{}⏎User: {}⏎Assistant: {}
{} USER: {} ASSISTANT: {}
{}⏎⏎사용자: {}⏎어시스턴트: {}
{}⏎用户：{}⏎助手：{}
{}⏎ユーザー：{}⏎アシスタント：{}
⏎⏎Human: {}⏎⏎Assistant: {}
""",
}

FILLED = r"""
[INST] {} [/INST]
<|im_start|>user⏎{}<|im_end|>
[|user|]{}⏎[|assistant|]
### Instruction:⏎{}⏎⏎### Response:
⏎⏎Human: {}⏎⏎Assistant:
<start_of_turn>user⏎{}<end_of_turn>
{}</s>
<s>{}
USER: {} ASSISTANT:
{} <|endoftext|>
Below is an instruction that describes a task.⏎⏎### Instruction:⏎{}⏎⏎### Response:⏎
"""
CLEAN_PROMPTS = r"""
What is <pad> for?
What does [INST] mean in Llama 2?
</s>는 무슨 뜻인가요?
Fill in the blank: Paris is the capital of [MASK].
Summarise the chat.⏎⏎Human: Hi⏎⏎Assistant: Hello⏎⏎Human: Bye
Fix this: `tok.eos = '</s>'`
<s>과 <del>의 차이는?
Put your reasoning in <think> and </think> tags and then answer.
Is <|im_end|> a single token?
`<unk>`가 뭔가요?
Translate the heading ### Response: into Korean.
次の文の<s>タグを消してください：<s>古い</s>新しい
"""
