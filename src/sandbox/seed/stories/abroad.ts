import { action, agent, ai, customer, handedOff, mark, type Story } from '../story.ts';

/** Customers who write in other languages than English. */
export const abroad: readonly Story[] = [
  {
    channel: 'whatsapp',
    who: 'Mika Sandholm',
    began: 155,
    language: 'de',
    sentiment: 'neutral',
    customData: { order_id: 'ord_10555' },
    steps: [
      customer('Guten Morgen, können Sie mir sagen, ob der Schlafsack „Tarn 400“ auch für -5 °C reicht?'),
      ai('Guten Morgen! Die Komfortgrenze liegt bei -2 °C. Für -5 °C wäre der Tarn 600 die bessere Wahl.'),
      customer('Danke. Kann ich meine Bestellung noch ändern, oder muss ich sie zurückschicken?'),
      action('get_order', { order_id: 'ord_10555' }, { state: 'packed', can_be_changed: false }),
      ai(
        'Sie ist leider schon gepackt. Die Rücksendung ist kostenlos, und den Tarn 600 kann ich sofort reservieren.',
      ),
      customer('Dann bitte reservieren, größer wäre auch gut: XL.'),
    ],
  },
  {
    channel: 'web',
    who: 'Camille Duval',
    began: 2250,
    language: 'fr',
    status: 'closed_resolved',
    sentiment: 'happy',
    aiClosure: 'resolved',
    steps: [
      customer(
        'Bonjour, est-ce que la veste « Fellside » existe en violet ? Je ne la vois plus sur le site.',
      ),
      action('check_stock', { item: 'Fellside jacket, violet' }, { in_stock: 0, back_in_days: 12 }),
      ai(
        'Bonjour Camille, elle revient dans une douzaine de jours. Souhaitez-vous être prévenue par e-mail ?',
      ),
      customer('Oui, avec plaisir. Merci beaucoup !'),
      mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 5 }),
    ],
  },
  {
    channel: 'messenger',
    who: 'Lucia Ferro',
    began: 108,
    language: 'es',
    sentiment: 'angry',
    team: 'Payments',
    handoff: {
      summary:
        'Lucía asks for the reimbursement of 22.90 EUR shipping that was charged although her order was over the free limit.',
      sentiment: 'angry',
    },
    customData: { order_id: 'ord_10549', shipping_eur: 22.9 },
    steps: [
      customer('Hola, me habéis cobrado 22,90 € de envío y mi pedido pasaba de 80 €. Quiero el reembolso.'),
      action(
        'get_order',
        { order_id: 'ord_10549' },
        { total: '96.40 EUR', shipping: '22.90 EUR', free_over: '80.00 EUR' },
      ),
      ai(
        'Tienes razón, Lucía: el envío debía ser gratuito. Lo paso a Pagos para que te devuelvan los 22,90 €.',
      ),
      handedOff('Shipping charged by mistake on ord_10549: 22.90 EUR to be paid back.'),
      customer('¿Cuándo lo voy a recibir? Ya van dos veces este año.', { after: 14 }),
    ],
  },
  {
    channel: 'email',
    who: 'Kenji Mori',
    began: 1480,
    language: 'ja',
    sentiment: 'neutral',
    team: 'Deliveries',
    handoff: {
      summary:
        'Kenji asks whether a damaged tent pole can be replaced without sending the tent back to the UK.',
    },
    customData: { order_id: 'ord_10372', country: 'JP' },
    steps: [
      customer(
        'お世話になっております。森と申します。先月購入したテントのポールが一本折れてしまいました。交換は可能でしょうか。本体を返送せずに部品だけ送っていただけると助かります。',
      ),
      ai('森様、ご連絡ありがとうございます。部品のみの発送が可能か、担当者に確認いたします。'),
      handedOff('Broken pole, customer in Japan; wants the part only.'),
      agent('Maud Lindqvist', '森様、ポールのみを無料でお送りします。七日ほどでお届けできる見込みです。'),
      customer('早速のご対応、ありがとうございます。返金は必要ありません。'),
    ],
  },
  {
    channel: 'whatsapp',
    who: 'Noor Haddad',
    began: 940,
    language: 'ar',
    status: 'closed_resolved',
    aiClosure: 'resolved',
    sentiment: 'happy',
    steps: [
      customer('مرحبا، هل يمكنني تغيير موعد التوصيل إلى يوم الخميس؟'),
      action('move_delivery', { order_id: 'ord_10521', to: 'Thursday' }, { done: true }),
      ai('مرحبا نور، تم تغيير الموعد إلى يوم الخميس بين العاشرة والثانية عشرة.'),
      customer('شكرا جزيلا'),
      mark('ai_decided_to_resolve_the_issue', { sender: { type: 'ai' }, after: 3 }),
    ],
  },
  {
    channel: 'instagram',
    who: 'Ana Ribeirinho',
    began: 265,
    language: 'pt',
    steps: [
      customer('oi! a mochila cairn 22 vem em azul?'),
      ai('Oi, Ana! Vem sim, em azul-escuro e em azul-claro.'),
      customer('e cabe um notebook de 15?'),
      ai('Cabe, há um bolso acolchoado atrás.'),
      customer('perfeito, e quanto custa o envio para o Porto?'),
    ],
  },
  {
    channel: 'web',
    who: 'Ruben de Wit',
    began: 5900,
    language: 'nl',
    status: 'closed_resolved',
    sentiment: 'neutral',
    aiClosure: 'assumed_resolved',
    steps: [
      customer('Hoi, mijn kortingscode werkt niet: WANDEL10'),
      ai('Hoi Ruben, die code gold tot en met zondag. Ik kan hem nog één keer voor je openzetten.'),
      customer('Graag!'),
      action('extend_code', { code: 'WANDEL10' }, { valid_days: 2 }),
      ai('Gelukt: hij werkt nog twee dagen.'),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'sms',
    who: 'Theo Marchetti',
    began: 6800,
    language: 'it',
    status: 'closed_resolved',
    sentiment: 'neutral',
    aiClosure: 'assumed_resolved',
    steps: [
      customer('Il pacco è arrivato ma la scatola era aperta. Manca niente, credo.'),
      ai(
        'Grazie per avercelo detto, Theo. Controlli con calma: ha 14 giorni per segnalare un pezzo mancante.',
      ),
      mark('ai_assumed_the_session_resolved', { sender: { type: 'ai' }, after: 60 }),
    ],
  },
  {
    channel: 'web',
    who: 'Oksana Verba',
    began: 58,
    language: 'uk',
    handoff: { summary: 'Oksana wants to send a present to another address with a handwritten card.' },
    team: 'Deliveries',
    sentiment: 'happy',
    steps: [
      customer('Доброго дня! Чи можна надіслати ліхтар як подарунок, з листівкою від руки?'),
      ai('Доброго дня! Так, листівку напише моя колега. Який текст і яка адреса?'),
      customer('«З днем народження, Тарасе!» Адресу надішлю приватно.'),
      handedOff('Gift with a handwritten card; address follows.'),
      customer('Скажіть, будь ласка, коли можна надіслати адресу?', { after: 12 }),
    ],
  },
];
