// What each specialist can do, in the words that the model reads.

const text = (description) => ({ type: 'string', description })
const order = text('Number of the order as the customer gave it, such as F-20417.')

function tool(name, description, properties) {
  return {
    name,
    description,
    parameters: {
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    },
  }
}

const searchHelpCentre = tool(
  'search_help_centre',
  'The articles of the help centre that fit a question best, at most six. Articles of all three shops are in it: mind the shop that a title names.',
  { question: text('What you want to know, in the words of a customer.') },
)

export const billingTools = [
  searchHelpCentre,
  tool('find_payments', 'All payments of an order: state, amount, day, way, and what each was for.', {
    order,
  }),
  tool('read_invoice', 'An invoice of a company, line by line, with the discounts that were taken off.', {
    invoice: text('Number of the invoice, such as R-3307.'),
  }),
  tool('issue_refund', 'Pays an amount back the way it was paid. Cannot be taken back.', {
    payment: text('Number of the payment that it comes from, such as P-88120.'),
    amount: text('Currency and amount, such as NOK 890.'),
    reason: text('Why, in one sentence. The finance team reads it.'),
  }),
  tool('change_payment', 'Changes the way in which an order is paid, as long as it is not packed.', {
    order,
    way: { type: 'string', enum: ['card', 'account', 'invoice'], description: 'The new way.' },
  }),
]

export const shippingTools = [
  searchHelpCentre,
  tool(
    'track_parcel',
    'All scans of the parcel of an order, the oldest first, with the promised day and the new one if there is one.',
    { order },
  ),
  tool('change_address', 'Sends an order that is not packed to another address in the same country.', {
    order,
    address: text('Street, number and town.'),
  }),
  tool('open_claim', 'Tells the carrier that a parcel is lost or came broken.', {
    order,
    what: text('What the customer wrote, in one sentence.'),
  }),
  tool('resend_order', 'Sends the same goods again, free of charge, if they are in stock.', {
    order,
    why: text('Lost, or what is broken.'),
  }),
  tool('book_pickup', 'Lets the carrier fetch goods above 20 kilograms at the door of the customer.', {
    order,
    day: text('The day that the customer wants, with its date.'),
  }),
]
