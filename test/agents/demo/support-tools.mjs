// The tools of the support desk, over a small set of orders and rules.

const orders = {
  'A-1042': {
    customer: 'Ingrid Dahl',
    email: 'ingrid@example.com',
    placed: '2026-11-16',
    status: 'shipped',
    promised: '2026-11-20',
    tracking: 'NO48210077',
    deliveryFee: 'NOK 79',
    items: [
      { sku: 'tent-rondane-2', name: 'Rondane 2 tent', price: 'NOK 3,490' },
      { sku: 'pegs-12', name: 'Snow pegs, 12', price: 'NOK 349' },
    ],
  },
  'A-1077': {
    customer: 'Jonas Berg',
    email: 'jonas@example.com',
    placed: '2026-11-12',
    status: 'delivered',
    delivered: '2026-11-19',
    deliveryFee: 'NOK 0',
    paid: 'card',
    items: [{ sku: 'blender-kvern', name: 'Kvern blender', price: 'NOK 1,249' }],
  },
  'A-0988': {
    customer: 'Freja Holm',
    email: 'freja@example.com',
    placed: '2026-09-25',
    status: 'delivered',
    delivered: '2026-09-30',
    deliveryFee: 'DKK 0',
    paid: 'MobilePay',
    member: true,
    items: [{ sku: 'boot-gaustad-39', name: 'Gaustad boots, 39', price: 'DKK 1,699' }],
  },
  'A-1103': {
    customer: 'Lars Lie',
    email: 'lars@example.com',
    placed: '2026-11-21',
    status: 'not packed',
    deliveryFee: 'NOK 79',
    address: 'Kirkegata 4, 2609 Lillehammer',
    items: [{ sku: 'pan-iron-28', name: 'Cast iron pan, 28 cm', price: 'NOK 899' }],
  },
}

const scans = {
  NO48210077: [
    { at: '2026-11-17 15:10', place: 'Drammen', event: 'handed over' },
    { at: '2026-11-19 04:32', place: 'Trondheim terminal', event: 'arrived' },
    {
      at: '2026-11-20 06:05',
      place: 'Trondheim terminal',
      event: 'delayed: vehicle fault',
      newDate: '2026-11-24',
    },
  ],
}

const rules = [
  {
    title: 'Damaged on arrival: kitchen machines',
    words: ['damaged', 'arrival', 'blender', 'machine', 'cracked'],
    text:
      'Kitchen machines that arrive damaged are replaced or refunded as the customer prefers. No return is asked for below NOK 1,500, ' +
      'SEK 1,500 or DKK 1,000 when the customer describes the damage; the machine is to be recycled. Cracked glass counts as a safety ' +
      'risk: the customer must not run the machine. A damaged jug alone can be replaced as a spare part, but only if the customer asks ' +
      'for that. Refunds for damage include the delivery fee, if one was paid. Report the batch from the order line, if there is one, to ' +
      'the quality team; the customer does not have to do anything.',
  },
  {
    title: 'Returns of footwear',
    words: ['footwear', 'boots', 'shoes', 'worn', 'return', 'returns'],
    text:
      'Footwear that was worn indoors on clean floors can be sent back in its own box. Soles must be free of dirt and of deep creases ' +
      'across the toes. The period is 60 days from delivery and 100 days for members of the Fjellklubb. Footwear that was treated with ' +
      'wax or spray counts as used. In Denmark, drop-off is at any parcel shop with the label from the parcel; the refund starts when ' +
      'the parcel is scanned there, not when it reaches us. Half sizes can be exchanged without a charge.',
  },
  {
    title: 'Changes of address',
    words: ['address', 'change', 'moved', 'redirect'],
    text:
      'Orders that are not packed take a new address in the same country at once and free of charge. The delivery day is reckoned again ' +
      'from the new address: Lillehammer and Trondheim have the same promise of two to four working days. The new address is used for ' +
      'this order only; the customer changes the address book of the account on the web site. Invoices keep the old address, unless ' +
      'the customer asks.',
  },
]

const handlers = {
  lookup_order: ({ order_id }) => orders[order_id] ?? { error: `no order ${order_id}` },
  track_shipment: ({ tracking }) => ({ tracking, scans: scans[tracking] ?? [] }),
  search_policies: ({ query }) => {
    const words = query.toLowerCase().split(/\W+/)
    return rules
      .filter((rule) => words.some((word) => rule.words.includes(word)))
      .map(({ title, text }) => ({ title, text }))
  },
  issue_refund: ({ order_id, sku, amount }) => ({
    order_id,
    sku,
    amount,
    refund: 'R-20931',
    arrives: '2 to 5 working days',
  }),
  change_address: ({ order_id, address }) => {
    orders[order_id].address = address
    return { order_id, address, promised: '2026-11-26' }
  },
}

export async function runTool(name, args) {
  return handlers[name] ? handlers[name](args) : { error: `no tool ${name}` }
}

const text = (description) => ({ type: 'string', description })

function tool(name, description, properties) {
  const parameters = {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  }
  return { type: 'function', function: { name, description, parameters } }
}

export const tools = [
  tool(
    'lookup_order',
    'Everything we know about an order: customer, items, prices, status, dates, refunds.',
    {
      order_id: text('As the customer gave it, for example A-1042.'),
    },
  ),
  tool('track_shipment', 'All scans of a parcel, oldest first, with the new date if the carrier gave one.', {
    tracking: text('The tracking number from the order.'),
  }),
  tool('search_policies', 'Rules by product, country and season that are not in the handbook.', {
    query: text('Two to four plain words.'),
  }),
  tool('issue_refund', 'Pays money back the way the customer paid. Cannot be undone.', {
    order_id: text('The order.'),
    sku: text('The item that is refunded.'),
    amount: text('Currency and amount, for example NOK 349.'),
  }),
  tool('change_address', 'Sends an order that is not packed to another address in the same country.', {
    order_id: text('The order.'),
    address: text('Street and number, postcode, town.'),
  }),
]
