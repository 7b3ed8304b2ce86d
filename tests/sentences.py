"""Sentences as people write them, for what goes by the letters of a language: random syllables are no Korean."""

KOREAN = [
    "오늘 회의에서 나온 내용을 세 줄로 요약해 주세요.",
    "서울에서 부산까지 기차로 가면 시간이 얼마나 걸리나요?",
    "고객이 환불을 요청했을 때는 먼저 영수증을 확인하는 것이 좋습니다.",
    "김치찌개를 끓일 때 신 김치가 없으면 식초를 조금 넣어도 됩니다.",
    "이 문장에서 틀린 맞춤법을 찾아서 고쳐 줄래?",
    "면접에서 자신의 단점을 물어보면 어떻게 대답해야 할까요?",
    "비가 오는 날에는 미끄러우니 천천히 운전하시기 바랍니다.",
    "아이가 밤에 잠을 잘 못 자는데 무엇을 바꿔 보면 좋을까요?",
    "표를 미리 예매하지 않으면 주말에는 자리가 없을 수 있습니다.",
    "컴퓨터가 갑자기 느려졌다면 실행 중인 프로그램부터 살펴보세요.",
    "한국어를 배우는 외국인에게 추천할 만한 책이 있나요?",
    "물을 충분히 마시고 규칙적으로 쉬는 것만으로도 두통이 줄어듭니다.",
    "이번 달 생활비를 아끼려면 어떤 지출부터 줄여야 할지 모르겠어요.",
    "그 영화는 지루하다는 평도 있지만 저는 아주 재미있게 봤습니다.",
    "계약서에 서명하기 전에 모든 조항을 꼼꼼하게 읽어야 합니다.",
    "강아지를 처음 키우는 사람이 꼭 알아야 할 점을 알려 주세요.",
]

CHINESE = [
    "请用三句话总结今天会议的内容。",
    "从北京到上海坐高铁需要多长时间?",
    "客户要求退款的时候,最好先确认收据和购买日期。",
    "如果电脑突然变慢,请先检查正在运行的程序。",
    "签合同之前应该仔细阅读所有条款,有疑问就问律师。",
    "第一次养狗的人需要知道哪些事情?请简单说明。",
]

TAIWANESE = [
    "請用三句話總結今天會議的內容。",
    "從臺北到高雄坐高鐵需要多久時間?",
    "客戶要求退款的時候,最好先確認收據和購買日期。",
    "如果電腦突然變慢,請先檢查正在執行的程式。",
    "簽約之前應該仔細閱讀所有條款,有疑問就問律師。",
    "功能表能顯示許多資料,請說明一下。",
]

JAPANESE = [
    "今日の会議の内容を三行で要約してください。",
    "東京から大阪まで新幹線で何時間かかりますか。",
    "返金を求められたときは、まず領収書を確認するとよいでしょう。",
    "パソコンが急に遅くなったら、実行中のプログラムを調べてください。",
    "契約書に署名する前に、すべての条項をよく読む必要があります。",
    "予定表とソフトの機能を表示する方法を教えてください。",
]

FRENCH = [
    "Résumez la réunion d’aujourd’hui en trois phrases, s’il vous plaît.",
    "Où faut-il s’inscrire pour être prévenu à l’avance des départs annulés ?",
    "Le client a demandé à être remboursé : vérifiez d’abord le reçu et la date.",
    "L’élève préfère étudier la nuit, mais sa mère s’y oppose depuis l’été.",
    "Après avoir mangé, il a téléphoné à son père pour lui dire où il était.",
]

GERMAN = [
    "Fassen Sie die heutige Besprechung bitte in drei Sätzen zusammen.",
    "Wie lange dauert die Fahrt von München nach Köln mit dem Zug?",
    "Prüfen Sie zunächst die Quittung, bevor Sie das Geld zurückgeben müssen.",
    "Für die Prüfung übt er jeden Tag, außer an den Wochenenden im März.",
    "Größere Änderungen können später nicht mehr rückgängig gemacht werden.",
]
