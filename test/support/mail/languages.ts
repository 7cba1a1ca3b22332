/** One conversation per language, and what mail programs write above the quoted message in that language. */
export interface Conversation {
  readonly language: string;
  /** The message of the session that is quoted. */
  readonly earlier: string;
  /** The words of the writer. */
  readonly own: string;
  /** As Gmail writes it in plain text, wrapped at about 76 columns. */
  readonly gmail: string;
  /** As Outlook or another program writes it. */
  readonly headers: string;
}

const row = (
  language: string,
  earlier: string,
  own: string,
  gmail: string,
  headers: string,
): Conversation => ({ language, earlier, own, gmail, headers });

export const conversations: readonly Conversation[] = [
  row(
    'en',
    'Hello Jane,\n\nyour parcel left our warehouse this morning and should arrive on Thursday. Please tell us whether a neighbour may take it in.\n\nKind regards\nTom Baker',
    'Yes, number 12 may take it.',
    'On Tue, Feb 3, 2026 at 10:12 AM Tom Baker <\ntom.baker.support@example.com> wrote:',
    'From: Tom Baker <tom@example.com>\nSent: Tuesday, February 3, 2026 10:12 AM\nTo: Jane Doe <jane@example.com>\nSubject: RE: Your parcel',
  ),
  row(
    'de',
    'Guten Tag Frau Doe,\n\nIhr Paket hat heute früh unser Lager verlassen und kommt am Donnerstag an. Bitte sagen Sie uns, ob ein Nachbar es annehmen darf.\n\nFreundliche Grüße\nTom Bäcker',
    'Ja, Nummer 12 darf es annehmen.',
    'Am Di., 3. Feb. 2026 um 10:12 Uhr schrieb Tom Bäcker <\ntom.baecker.support@example.com>:',
    'Von: Tom Bäcker <tom@example.com>\nGesendet: Dienstag, 3. Februar 2026 10:12\nAn: Jane Doe <jane@example.com>\nBetreff: AW: Ihr Paket',
  ),
  row(
    'fr',
    'Bonjour Madame,\n\nvotre colis a quitté notre entrepôt ce matin et devrait arriver jeudi. Merci de nous dire si un voisin peut le réceptionner.\n\nCordialement\nThomas',
    'Oui, le numéro 12 peut le prendre.',
    'Le mar. 3 févr. 2026 à 10:12, Thomas Boulanger <thomas@example.com> a\nécrit :',
    'De : Thomas Boulanger <thomas@example.com>\nEnvoyé : mardi 3 février 2026 10:12\nÀ : Jane Doe <jane@example.com>\nObjet : RE: Votre colis',
  ),
  row(
    'es',
    'Hola, Jane:\n\nsu paquete salió esta mañana de nuestro almacén y debería llegar el jueves. Díganos, por favor, si un vecino puede recogerlo.\n\nUn saludo\nTomás',
    'Sí, el número 12 puede recogerlo.',
    'El mar, 3 feb 2026 a las 10:12, Tomás Panadero (<tomas@example.com>)\nescribió:',
    'De: Tomás Panadero <tomas@example.com>\nEnviado: martes, 3 de febrero de 2026 10:12\nPara: Jane Doe <jane@example.com>\nAsunto: RE: Su paquete',
  ),
  row(
    'it',
    'Buongiorno Jane,\n\nil suo pacco ha lasciato stamattina il nostro magazzino e dovrebbe arrivare giovedì. Ci dica per favore se un vicino può ritirarlo.\n\nCordiali saluti\nTommaso',
    'Sì, il numero 12 può ritirarlo.',
    'Il giorno mar 3 feb 2026 alle ore 10:12 Tommaso Fornaio <\ntommaso@example.com> ha scritto:',
    'Da: Tommaso Fornaio <tommaso@example.com>\nInviato: martedì 3 febbraio 2026 10:12\nA: Jane Doe <jane@example.com>\nOggetto: R: Il suo pacco',
  ),
  row(
    'pt',
    'Bom dia, Jane,\n\na sua encomenda saiu hoje de manhã do nosso armazém e deve chegar na quinta-feira. Diga-nos se um vizinho a pode receber.\n\nCumprimentos\nTomás',
    'Sim, o número 12 pode receber.',
    'Tomás Padeiro <tomas@example.com> escreveu (terça, 3/02/2026 à(s) 10:12):',
    'De: Tomás Padeiro <tomas@example.com>\nEnviada: 3 de fevereiro de 2026 10:12\nPara: Jane Doe <jane@example.com>\nAssunto: RE: A sua encomenda',
  ),
  row(
    'pt-BR',
    'Olá, Jane,\n\nseu pacote saiu do nosso depósito hoje de manhã e deve chegar na quinta-feira. Por favor, avise se um vizinho pode receber.\n\nAtenciosamente\nTomás',
    'Pode deixar no número 12.',
    'Em ter., 3 de fev. de 2026 às 10:12, Tomás Padeiro <\ntomas@example.com> escreveu:',
    'De: Tomás Padeiro <tomas@example.com>\nEnviado: terça-feira, 3 de fevereiro de 2026 10:12\nPara: Jane Doe <jane@example.com>\nAssunto: RES: Seu pacote',
  ),
  row(
    'nl',
    'Beste Jane,\n\nuw pakket heeft vanmorgen ons magazijn verlaten en komt donderdag aan. Laat ons weten of een buurman het mag aannemen.\n\nMet vriendelijke groet\nTom',
    'Ja, nummer 12 mag het aannemen.',
    'Op di 3 feb 2026 om 10:12 schreef Tom Bakker <tom@example.com>:',
    'Van: Tom Bakker <tom@example.com>\nVerzonden: dinsdag 3 februari 2026 10:12\nAan: Jane Doe <jane@example.com>\nOnderwerp: RE: Uw pakket',
  ),
  row(
    'pl',
    'Dzień dobry,\n\npaczka opuściła dziś rano nasz magazyn i powinna dotrzeć w czwartek. Prosimy o informację, czy może ją odebrać sąsiad.\n\nPozdrawiam\nTomasz',
    'Tak, spod numeru 12.',
    'W dniu 2026-02-03 10:12:59 użytkownik Tomasz Piekarz <t@example.com> napisał:',
    'Od: Tomasz Piekarz <t@example.com>\nWysłano: wtorek, 3 lutego 2026 10:12\nDo: Jane Doe <jane@example.com>\nTemat: Odp: Paczka',
  ),
  row(
    'cs',
    'Dobrý den,\n\nvaše zásilka dnes ráno opustila náš sklad a měla by dorazit ve čtvrtek. Napište nám prosím, zda ji může převzít soused.\n\nS pozdravem\nTomáš',
    'Ano, číslo 12 ji převezme.',
    'út 3. 2. 2026 v 10:12 odesílatel Tomáš Pekař <tomas@example.com>\nnapsal:',
    'Od: Tomáš Pekař <tomas@example.com>\nOdesláno: úterý 3. února 2026 10:12\nKomu: Jane Doe <jane@example.com>\nPředmět: RE: Zásilka',
  ),
  row(
    'sk',
    'Dobrý deň,\n\nvaša zásielka dnes ráno opustila náš sklad a mala by doraziť vo štvrtok. Napíšte nám prosím, či ju môže prevziať sused.\n\nS pozdravom\nTomáš',
    'Áno, číslo 12 ju prevezme.',
    'ut 3. 2. 2026 o 10:12 Tomáš Pekár <tomas@example.com> napísal(a):',
    'Od: Tomáš Pekár <tomas@example.com>\nOdoslané: utorok 3. februára 2026 10:12\nKomu: Jane Doe <jane@example.com>\nPredmet: RE: Zásielka',
  ),
  row(
    'hu',
    'Kedves Jane!\n\nA csomagja ma reggel elhagyta a raktárunkat, és csütörtökön érkezik meg. Kérjük, írja meg, átveheti-e egy szomszéd.\n\nÜdvözlettel\nTamás',
    'Igen, a 12-es szám átveheti.',
    'Pék Tamás <tamas.support@example.com> ezt írta (időpont: 2026. febr. 3.,\nK, 10:12):',
    'Feladó: Pék Tamás <tamas@example.com>\nElküldve: 2026. február 3., kedd 10:12\nCímzett: Jane Doe <jane@example.com>\nTárgy: RE: Csomag',
  ),
  row(
    'fi',
    'Hei Jane,\n\npakettisi lähti tänä aamuna varastostamme ja saapuu torstaina. Kertoisitko, voiko naapuri ottaa sen vastaan.\n\nYstävällisin terveisin\nTuomas',
    'Kyllä, numero 12 voi ottaa sen.',
    'ti 3. helmikuuta 2026 klo 10.12 Tuomas Leipuri <tuomas@example.com>\nkirjoitti:',
    'Lähettäjä: Tuomas Leipuri <tuomas@example.com>\nLähetetty: tiistai 3. helmikuuta 2026 10.12\nVastaanottaja: Jane Doe <jane@example.com>\nAihe: VS: Paketti',
  ),
  row(
    'sv',
    'Hej Jane,\n\nditt paket lämnade vårt lager i morse och bör komma fram på torsdag. Säg gärna till om en granne får ta emot det.\n\nVänliga hälsningar\nTomas',
    'Ja, nummer 12 får ta emot det.',
    'Den tis 3 feb. 2026 kl 10:12 skrev Tomas Bagare <tomas@example.com>:',
    'Från: Tomas Bagare <tomas@example.com>\nSkickat: den 3 februari 2026 10:12\nTill: Jane Doe <jane@example.com>\nÄmne: SV: Ditt paket',
  ),
  row(
    'da',
    'Hej Jane,\n\ndin pakke forlod vores lager i morges og bør ankomme torsdag. Fortæl os gerne, om en nabo må tage imod den.\n\nVenlig hilsen\nThomas',
    'Ja, nummer 12 må gerne.',
    'Den tirs. 3. feb. 2026 kl. 10.12 skrev Thomas Bager <thomas@example.com>:',
    'Fra: Thomas Bager <thomas@example.com>\nSendt: 3. februar 2026 10:12\nTil: Jane Doe <jane@example.com>\nEmne: SV: Din pakke',
  ),
  row(
    'no',
    'Hei Jane,\n\npakken din forlot lageret vårt i dag tidlig og bør komme på torsdag. Si fra om en nabo kan ta imot den.\n\nVennlig hilsen\nThomas',
    'Ja, nummer 12 kan ta imot.',
    'tir. 3. feb. 2026 kl. 10:12 skrev Thomas Baker <thomas@example.com>:',
    'Fra: Thomas Baker <thomas@example.com>\nSendt: tirsdag 3. februar 2026 10:12\nTil: Jane Doe <jane@example.com>\nEmne: SV: Pakken din',
  ),
  row(
    'ro',
    'Bună ziua,\n\ncoletul dumneavoastră a plecat azi-dimineață din depozitul nostru și ar trebui să ajungă joi. Vă rugăm să ne spuneți dacă îl poate prelua un vecin.\n\nToate cele bune\nToma',
    'Da, numărul 12 îl poate prelua.',
    'În mar., 3 feb. 2026 la 10:12, Toma Brutaru <toma@example.com> a scris:',
    'De la: Toma Brutaru <toma@example.com>\nTrimis: marți, 3 februarie 2026 10:12\nCătre: Jane Doe <jane@example.com>\nSubiect: RE: Coletul',
  ),
  row(
    'el',
    'Καλημέρα Jane,\n\nτο δέμα σας έφυγε σήμερα το πρωί από την αποθήκη μας και θα φτάσει την Πέμπτη. Πείτε μας αν μπορεί να το παραλάβει γείτονας.\n\nΜε εκτίμηση\nΘωμάς',
    'Ναι, ο αριθμός 12 μπορεί.',
    'Στις Τρί 3 Φεβ 2026 στις 10:12 π.μ., ο/η Θωμάς Φούρναρης <\nthomas@example.com> έγραψε:',
    'Από: Θωμάς Φούρναρης <thomas@example.com>\nΣτάλθηκε: Τρίτη, 3 Φεβρουαρίου 2026 10:12\nΠρος: Jane Doe <jane@example.com>\nΘέμα: Απ: Το δέμα σας',
  ),
  row(
    'ru',
    'Здравствуйте, Джейн!\n\nВаша посылка сегодня утром покинула наш склад и прибудет в четверг. Сообщите, пожалуйста, может ли её принять сосед.\n\nС уважением\nФома',
    'Да, квартира 12 может принять.',
    'вт, 3 февр. 2026 г. в 10:12, Фома Пекарь <foma@example.com>:',
    'От: Фома Пекарь [foma@example.com]\nОтправлено: 3 февраля 2026 г. 10:12\nКому: Jane Doe\nТема: RE: Посылка',
  ),
  row(
    'uk',
    'Доброго дня, Джейн!\n\nВаша посилка сьогодні вранці залишила наш склад і прибуде в четвер. Повідомте, будь ласка, чи може її прийняти сусід.\n\nЗ повагою\nХома',
    'Так, квартира 12 може прийняти.',
    'вт, 3 лют. 2026 р. о 10:12 Хома Пекар <khoma@example.com> пише:',
    'Від: Хома Пекар <khoma@example.com>\nНадіслано: 3 лютого 2026 р. 10:12\nКому: Jane Doe <jane@example.com>\nТема: RE: Посилка',
  ),
  row(
    'hr',
    'Poštovana,\n\nvaš paket je jutros napustio naše skladište i trebao bi stići u četvrtak. Molimo javite nam može li ga preuzeti susjed.\n\nSrdačan pozdrav\nToma',
    'Da, može broj 12.',
    'uto, 3. velj 2026. u 10:12 Toma Pekar <toma@example.com> napisao je:',
    'Šalje: Toma Pekar <toma@example.com>\nPoslano: 3. veljače 2026. 10:12\nPrima: Jane Doe <jane@example.com>\nPredmet: RE: Paket',
  ),
  row(
    'tr',
    'Merhaba Jane,\n\npaketiniz bu sabah depomuzdan çıktı ve perşembe günü ulaşacak. Bir komşunuzun teslim alıp alamayacağını lütfen bize yazın.\n\nSaygılarımızla\nTamer',
    'Evet, 12 numara alabilir.',
    'Tamer Fırıncı <tamer@example.com>, 3 Şub 2026 Sal, 10:12 tarihinde şunu\nyazdı:',
    'Kimden: Tamer Fırıncı <tamer@example.com>\nGönderildi: 3 Şubat 2026 Salı 10:12\nKime: Jane Doe <jane@example.com>\nKonu: YNT: Paketiniz',
  ),
  row(
    'he',
    'שלום ג׳יין,\n\nהחבילה שלך יצאה הבוקר מהמחסן שלנו ואמורה להגיע ביום חמישי. נשמח לדעת אם שכן יכול לקבל אותה עבורך.\n\nבברכה\nתום',
    'כן, דירה 12 יכולה לקבל.',
    'בתאריך יום ג׳, 3 בפבר׳ 2026 ב-10:12 מאת תום אופה <tom@example.com>:',
    'מאת: תום אופה <tom@example.com>\nנשלח: יום שלישי 3 פברואר 2026 10:12\nאל: Jane Doe <jane@example.com>\nנושא: החבילה שלך',
  ),
  row(
    'ar',
    'مرحبا جين،\n\nغادرت شحنتك مستودعنا هذا الصباح ومن المتوقع أن تصل يوم الخميس. نرجو إخبارنا إن كان بإمكان أحد الجيران استلامها.\n\nمع التحية\nتوم',
    'نعم، الشقة 12 يمكنها ذلك.',
    'في الثلاثاء، 3 فبراير 2026 في 10:12 ص تمت كتابة ما يلي بواسطة توم خباز <\ntom@example.com>:',
    'من: توم خباز <tom@example.com>\nتم الإرسال: 3 فبراير 2026 10:12\nإلى: Jane Doe <jane@example.com>\nالموضوع: شحنتك',
  ),
  row(
    'vi',
    'Chào chị Jane,\n\nbưu kiện của chị đã rời kho của chúng tôi sáng nay và sẽ đến vào thứ Năm. Xin cho biết hàng xóm có thể nhận giúp không.\n\nTrân trọng\nTâm',
    'Được, nhà số 12 nhận giúp.',
    'Vào Th 3, 3 thg 2, 2026 vào lúc 10:12 Tâm Nguyễn <tam@example.com> đã\nviết:',
    'Từ: Tâm Nguyễn <tam@example.com>\nĐã gửi: 3 tháng 2, 2026 10:12\nĐến: Jane Doe <jane@example.com>\nChủ đề: RE: Bưu kiện',
  ),
  row(
    'ca',
    'Bon dia, Jane,\n\nel vostre paquet ha sortit aquest matí del nostre magatzem i hauria d’arribar dijous. Digueu-nos si un veí el pot recollir.\n\nSalutacions\nTomàs',
    'Sí, el número 12 el pot recollir.',
    'Missatge de Tomàs Forner <tomas@example.com> del dia dt., 3 de febr. 2026 a\nles 10:12:',
    'De: Tomàs Forner <tomas@example.com>\nEnviat: dimarts, 3 de febrer de 2026 10:12\nPer a: Jane Doe <jane@example.com>\nAssumpte: RE: El paquet',
  ),
  row(
    'ja',
    'ジェーン様\n\nお荷物は今朝、弊社の倉庫を出発し、木曜日に到着する予定です。ご近所の方がお受け取りになれるかどうか、お知らせください。\n\nよろしくお願いいたします\n富',
    'はい、12号室で受け取れます。',
    '2026年2月3日(火) 10:12 富 パン <tomi@example.com>:',
    '差出人: 富 パン <tomi@example.com>\n送信日時: 2026年2月3日 10:12\n宛先: Jane Doe <jane@example.com>\n件名: RE: お荷物',
  ),
  row(
    'zh-CN',
    '您好，简：\n\n您的包裹今天早上已从我们的仓库发出，预计星期四送达。请告诉我们邻居是否可以代收您的包裹，以便我们通知快递员。\n\n此致敬礼\n汤姆',
    '可以，12号可以代收。',
    '汤姆 <tom@example.com> 于2026年2月3日周二 10:12写道：',
    '发件人: 汤姆 <tom@example.com>\n发送时间: 2026年2月3日 10:12\n收件人: Jane Doe <jane@example.com>\n主题: 回复: 包裹',
  ),
  row(
    'zh-TW',
    '您好，珍：\n\n您的包裹今天早上已從我們的倉庫寄出，預計星期四送達。請告訴我們鄰居是否可以代收您的包裹，以便我們通知快遞員。\n\n敬祝安好\n湯姆',
    '可以，12號可以代收。',
    '湯姆 <tom@example.com> 於 2026年2月3日 週二 上午10:12寫道：',
    '寄件者: 湯姆 <tom@example.com>\n寄件日期: 2026年2月3日 上午 10:12\n收件者: Jane Doe <jane@example.com>\n主旨: 回覆: 包裹',
  ),
  row(
    'ko',
    '안녕하세요 제인 님,\n\n고객님의 소포가 오늘 아침 저희 창고에서 출발했으며 목요일에 도착할 예정입니다. 이웃이 대신 받아도 되는지 알려 주세요.\n\n감사합니다\n톰',
    '네, 12호에서 받을 수 있습니다.',
    '2026년 2월 3일 (화) 오전 10:12, 톰 <tom@example.com>님이 작성:',
    '보낸 사람: 톰 <tom@example.com>\n보낸 날짜: 2026년 2월 3일 오전 10:12\n받는 사람: Jane Doe <jane@example.com>\n제목: RE: 소포',
  ),
];
