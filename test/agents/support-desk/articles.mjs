// The help centres of three shops: the same questions, answered by the rules of each.

const SHOPS = [
  {
    shop: 'Fjellhuset',
    goods: 'tents, boots and rucksacks',
    returns: 60,
    member: 100,
    express: 'NOK 149',
    small: 'NOK 800',
    invoice: 14,
    depot: 'Drammen',
  },
  {
    shop: 'Tindvev',
    goods: 'blankets, jumpers and shawls',
    returns: 30,
    member: 60,
    express: 'NOK 99',
    small: 'NOK 500',
    invoice: 30,
    depot: 'Hamar',
  },
  {
    shop: 'Skjerkokk',
    goods: 'pots, pans and knives',
    returns: 45,
    member: 90,
    express: 'NOK 129',
    small: 'NOK 600',
    invoice: 14,
    depot: 'Moss',
  },
]

/** Each topic: the words that customers use for it, and what the shop says. */
const TOPICS = [
  {
    title: 'Where is my parcel?',
    words: 'where parcel order late track delivery come',
    text: ({ shop, depot }) =>
      `Parcels of ${shop} leave ${depot} on working days at four. You find the last scan under your order, with the day that the carrier expects to ring. A scan that says "registered" means that the label is printed and the parcel still stands with us. When the promised day has passed, the carrier looks for the parcel in its terminals; this takes a day, and you need not write twice. Parcels that nobody has scanned for seven days are lost, and for ten days if they cross a border. We send lost goods again at once, or pay them back with the delivery fee, as you prefer.`,
  },
  {
    title: 'The carrier says delivered, and I have nothing',
    words: 'delivered nothing missing neighbour parcel received left',
    text: ({ shop }) =>
      `Please look where the driver left it: the message of the carrier names the place, and often a neighbour or the parcel shop around the corner has it. Drivers of ${shop} may leave parcels in a shed only if you allowed it in your account. If it is not there, write to us. We open a claim with the carrier on the same day, and two working days later the parcel counts as lost: you then get the goods again or the money back, whichever you want. You do not wait for the end of the claim, which may take weeks. Please keep the message of the carrier until then.`,
  },
  {
    title: 'Damaged on arrival',
    words: 'broken damaged cracked lid arrival defect torn dented',
    text: ({ shop, small, goods }) =>
      `We are sorry when ${goods} reach you broken. Tell us within 14 days what is broken; a photograph helps and is not needed. You choose between the same goods again and the money back. Goods below ${small} need not be sent back: recycle them, or keep what is still of use. Parts such as lids, poles and handles can be sent alone, if that is what you prefer. ${shop} also pays back the delivery fee, and the surcharge for express if there was one. Broken glass and blades that are loose must not be used; wrap them before you throw them away.`,
  },
  {
    title: 'Express deliveries',
    words: 'express fast surcharge late tomorrow paid',
    text: ({ shop, express, depot }) =>
      `Express costs ${express} on top of the delivery fee. What you order before noon leaves ${depot} on the same day and is with you on the next working day; what you order later is packed a day later. Islands, and everything north of the circle, take two days more, and the site says so before you pay. If an express parcel of ${shop} comes later than the day that stood in the confirmation, the surcharge is paid back, whoever caused the delay. The delivery fee itself is paid back only if the goods were broken or lost. In the week before a feast no day is promised.`,
  },
  {
    title: 'Changing an order',
    words: 'change address moved invoice instead redirect payment other',
    text: ({ shop, invoice }) =>
      `An order of ${shop} can be changed until it is packed: another address in the same country, another size, another way of payment. You see under your order whether it is packed. Private customers may change to an invoice at no charge; it is due ${invoice} days after the delivery, and the amount that was reserved on the card is let go within three days. Once the order is packed, the carrier can redirect it once, inside the country, for which it asks a fee of its own. An address that is changed for one order is not changed in your account.`,
  },
  {
    title: 'Charged twice',
    words: 'charged twice double payment card statement authorisation',
    text: ({ shop }) =>
      `Banks show two lines for one order when ${shop} reserves an amount first and takes it when the parcel leaves. The reservation falls away by itself, with most banks after three days, with some after eight. If both lines say "taken" or "captured", it was our mistake, and we pay one of them back on the day on which you tell us; cards take two to five working days to show it, accounts one. Orders in two parcels are taken in two parts that add up to the total. Please tell us the two days and amounts as your bank shows them, never the number of your card.`,
  },
  {
    title: 'Returns',
    words: 'return send back days unused worn boots period',
    text: ({ shop, returns, member, goods }) =>
      `You may send back unused ${goods} within ${returns} days of the delivery, as a member within ${member}. The day of the delivery is day 0, and the day on which you hand the parcel in is what counts. Unused means that we can sell it as new: trying on indoors is no use, walking outdoors is, and so are cooking and washing. The label is in the parcel. ${shop} pays the way back from every parcel shop in the country. The money is on its way when the warehouse has seen the goods, which takes up to five working days, and goes back the way it came.`,
  },
  {
    title: 'Customs and parcels abroad',
    words: 'customs fee abroad switzerland border tax country',
    text: ({ shop, depot }) =>
      `Parcels of ${shop} to countries outside of the union leave ${depot} twice a week with papers that name the value of the goods. The carrier asks for customs and tax at the door, and for a fee of its own; neither is ours, and we cannot pay it back. If you do not take the parcel because of the fee, it comes back to us, and you get the price of the goods without the delivery fee. If the papers were wrong and you were asked for too much, send us the slip, and we pay the difference. Such parcels count as lost after ten days without a scan.`,
  },
  {
    title: 'Invoices for companies',
    words: 'invoice company agreement discount dispute reminder wrong lawyer',
    text: ({ shop, invoice }) =>
      `Companies with an agreement get one invoice a month, due after ${invoice} days. The discount of the agreement is taken off each line, not off the sum, and does not hold for goods that are reduced already. If a line is wrong, write to us before the invoice is due: it then counts as disputed and is not reminded of until the matter is settled. Differences below NOK 500 are corrected at once with the next invoice of ${shop}; larger ones are looked at by the finance team within two working days. Please name the number of the invoice and the line.`,
  },
]

export const articles = SHOPS.flatMap((shop) =>
  TOPICS.map(({ title, words, text }) => ({
    shop: shop.shop,
    title: `${shop.shop}: ${title}`,
    words: words.split(' '),
    text: text(shop),
  })),
)
