// The systems behind the desk: payments, invoices, parcels. Each answers after the time that such systems take.
import { setTimeout as pass } from 'node:timers/promises'

const payments = {
  'V-11862': [
    { id: 'P-88120', state: 'captured', amount: 'NOK 890', day: '2026-11-17', way: 'card' },
    { id: 'P-88127', state: 'captured', amount: 'NOK 890', day: '2026-11-18', way: 'card' },
  ],
  'K-5530': [
    {
      id: 'P-90214',
      state: 'captured',
      amount: 'NOK 1,249',
      day: '2026-11-16',
      way: 'card',
      for: 'cast iron pot with lid',
    },
    {
      id: 'P-90215',
      state: 'captured',
      amount: 'NOK 208',
      day: '2026-11-16',
      way: 'card',
      for: 'delivery NOK 79, express NOK 129',
    },
  ],
  'F-20455': [
    {
      id: 'P-90377',
      state: 'authorised',
      amount: 'NOK 2,290',
      day: '2026-11-21',
      way: 'card',
      packed: false,
    },
  ],
  'K-5548': [
    {
      id: 'P-89931',
      state: 'captured',
      amount: 'NOK 649',
      day: '2026-11-17',
      way: 'account',
      for: 'knife, 18 cm',
    },
  ],
  'F-19780': [
    {
      id: 'P-83040',
      state: 'captured',
      amount: 'NOK 1,899',
      day: '2026-09-10',
      way: 'card',
      member: true,
      delivered: '2026-09-14',
    },
  ],
}

const invoices = {
  'R-3307': {
    customer: 'agreement 118',
    total: 'NOK 23,960',
    due: '2026-12-01',
    lines: [
      { line: 1, goods: '20 shawls, grey', sum: 'NOK 7,980', discount: '8 %' },
      { line: 2, goods: '10 jumpers, S', sum: 'NOK 6,490', discount: '8 %' },
      { line: 3, goods: 'delivery', sum: 'NOK 490', discount: 'none' },
      { line: 4, goods: '10 blankets, reduced', sum: 'NOK 9,000', discount: 'none' },
    ],
  },
}

const parcels = {
  'F-20417': {
    promised: 'Thursday 19 November',
    scans: [
      { at: '2026-11-17 16:20', place: 'Drammen', event: 'handed over' },
      { at: '2026-11-18 03:10', place: 'Oslo terminal', event: 'sorted to the wrong lorry' },
      { at: '2026-11-20 02:45', place: 'Bergen terminal', event: 'arrived', newDay: 'Tuesday 24 November' },
    ],
  },
  'K-5530': {
    promised: 'Tuesday 17 November',
    service: 'express',
    scans: [
      { at: '2026-11-16 16:05', place: 'Moss', event: 'handed over' },
      { at: '2026-11-19 11:32', place: 'door', event: 'delivered', remark: 'box dented' },
    ],
  },
  'F-20455': {
    promised: 'Thursday 26 November',
    scans: [{ at: '2026-11-22 07:30', place: 'Drammen', event: 'registered' }],
  },
  'K-5548': {
    promised: 'Friday 20 November',
    scans: [
      { at: '2026-11-18 16:00', place: 'Moss', event: 'handed over' },
      { at: '2026-11-20 13:14', place: 'neighbour', event: 'delivered', remark: 'no name taken' },
    ],
  },
}

const answers = {
  find_payments: [60, ({ order }) => payments[order] ?? []],
  read_invoice: [80, ({ invoice }) => invoices[invoice] ?? { error: `no invoice ${invoice}` }],
  issue_refund: [
    150,
    ({ payment, amount }) => ({ refund: `R-${payment.slice(2)}`, amount, arrives: 'in 2 to 5 working days' }),
  ],
  change_payment: [90, ({ order, way }) => ({ order, way, due: '14 days after the delivery' })],
  track_parcel: [130, ({ order }) => parcels[order] ?? noAnswer()],
  change_address: [90, ({ order, address }) => ({ order, address, promised: 'Friday 27 November' })],
  open_claim: [110, ({ order }) => ({ claim: `C-${order.slice(2)}`, carrierAnswers: 'in 10 working days' })],
}

function noAnswer() {
  throw new Error('The carrier does not answer.')
}

/** What a system says, as the model reads it. Throws where a system does not answer. */
export async function ask(name, args) {
  const [takes, answer] = answers[name]
  await pass(takes)
  return answer(args)
}
