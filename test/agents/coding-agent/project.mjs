// The checkout that the coding agent works in: Landing, an invented booking service of small ferries, made up file by file, always the same.

import { HAND_WRITTEN } from './project-fares.mjs'
import { modelFile, routesFile, storeFile, testFile } from './project-files.mjs'

const field = (name, type, says) => ({ name, type, says })

/** What Landing stores: each kind has a model, a store, routes and tests. */
export const KINDS = {
  sailing: [
    field('vessel', 'string', 'The ferry that sails, by its call name.'),
    field('departsAt', 'instant', 'When the ramp is raised, not when boarding ends.'),
    field('arrivesAt', 'instant', 'When the first vehicle may leave the deck.'),
    field('fromHarbour', 'string', 'Where it starts; a harbour without a ramp takes passengers only.'),
    field('toHarbour', 'string', 'Where it ends. Round trips are two sailings.'),
    field('laneMetres', 'count', 'Length of all vehicle lanes together, in metres.'),
    field('seats', 'count', 'Seats under deck; in summer the open deck counts as well.'),
    field('isCancelled', 'flag', 'Cancelled sailings stay listed for a day so that people find them.'),
    field('weatherHold', 'flag', 'The master waits for the wind; nothing is refunded while this is set.'),
  ],
  booking: [
    field('sailing', 'string', 'The sailing that was booked, by number.'),
    field('bookedBy', 'string', 'Who placed it. Need not travel.'),
    field('partySize', 'count', 'How many travel, infants included.'),
    field('fareTotal', 'money', 'What the whole party pays, before vouchers.'),
    field('sharedBy', 'count', 'How many of the party pay a part each; 1 where one pays for all.'),
    field('heldUntil', 'instant', 'Until when the places are kept for a booking that is not paid.'),
    field('isPaid', 'flag', 'Set when all parts together are the fare total, to the cent.'),
    field('note', 'string', 'What the harbour office should know, such as a wheelchair.'),
    field('channel', 'string', 'Where it was placed: desk, site or telephone.'),
  ],
  payment: [
    field('booking', 'string', 'The booking that it pays for.'),
    field('amount', 'money', 'What was taken, in cents of the currency.'),
    field('method', 'string', 'Card, transfer, cash or voucher.'),
    field('takenAt', 'instant', 'When the money was taken, not when it was promised.'),
    field('part', 'count', 'Which part of a shared fare, from 1.'),
    field('reference', 'string', 'What the bank or the desk calls it.'),
    field('isReversed', 'flag', 'Reversed payments stay; their refund points at them.'),
    field('openAmount', 'money', 'What is still missing after it.'),
    field('till', 'string', 'The till of the desk where it was taken, if one was.'),
  ],
  receipt: [
    field('payment', 'string', 'The payment that it is for.'),
    field('lines', 'count', 'How many lines are printed on it.'),
    field('total', 'money', 'The sum of its lines. Must be the amount of the payment.'),
    field('tax', 'money', 'The tax in the total; ferries between islands are exempt.'),
    field('printedAt', 'instant', 'When it was printed first. Later prints say copy.'),
    field('language', 'string', 'The language of the customer, as two letters.'),
    field('copies', 'count', 'How often it was printed again.'),
    field('isSent', 'flag', 'Whether it went out by mail.'),
    field('footer', 'string', 'The line at the foot that the harbour office may change.'),
  ],
  refund: [
    field('payment', 'string', 'The payment that goes back.'),
    field('amount', 'money', 'What goes back; never more than was paid.'),
    field('reason', 'string', 'Why, in the words of the desk.'),
    field('share', 'count', 'Which part of a shared fare it gives back, from 1.'),
    field('fee', 'money', 'What is kept for late cancellations.'),
    field('approvedBy', 'string', 'Who approved it. Empty below the limit of the desk.'),
    field('paidOutAt', 'instant', 'When the money left us.'),
    field('isPartial', 'flag', 'True where less than the payment goes back.'),
    field('voucher', 'string', 'The voucher that was given instead of money.'),
  ],
  voucher: [
    field('code', 'string', 'Ten letters without those that look alike.'),
    field('worth', 'money', 'What it was worth when it was given.'),
    field('left', 'money', 'What is left of it.'),
    field('givenFor', 'string', 'The refund or campaign that it comes from.'),
    field('validUntil', 'instant', 'The end of its last day, in the time of the harbour.'),
    field('uses', 'count', 'How many payments it went into.'),
    field('isTransferable', 'flag', 'Whether another person may use it.'),
    field('minimum', 'money', 'The smallest fare that it can be used for.'),
    field('owner', 'string', 'Who may use it where it is not transferable.'),
  ],
  invoice: [
    field('customer', 'string', 'The company that is billed, by number.'),
    field('period', 'string', 'The month that it covers.'),
    field('bookings', 'count', 'How many bookings are on it.'),
    field('total', 'money', 'What is due, tax included.'),
    field('discount', 'money', 'What the agreement with the customer takes off.'),
    field('dueAt', 'instant', 'When it has to be paid.'),
    field('isDisputed', 'flag', 'Disputed invoices are not reminded of.'),
    field('reminders', 'count', 'How many reminders went out.'),
    field('contact', 'string', 'Who at the customer answers questions about it.'),
  ],
  passenger: [
    field('booking', 'string', 'The booking that this person travels on.'),
    field('name', 'string', 'As it stands on the list that the master takes aboard.'),
    field('age', 'count', 'In years on the day of the sailing. Decides between adult and child.'),
    field('seat', 'string', 'The seat under deck; empty for those who sit outside.'),
    field('needsRamp', 'flag', 'Boards over the vehicle ramp, before all others.'),
    field('checkedInAt', 'instant', 'When the desk or the gate saw the slip.'),
    field('pays', 'money', 'The part of the fare that this person pays.'),
    field('weight', 'count', 'How many parts of a shared fare this person pays for.'),
    field('isAboard', 'flag', 'Set by the gate. Whoever is not aboard is called once.'),
  ],
  vehicle: [
    field('booking', 'string', 'The booking that it travels on.'),
    field('plate', 'string', 'The plate, without spaces, as the camera at the gate reads it.'),
    field('length', 'count', 'In metres, rounded up, with trailer and bicycle rack.'),
    field('height', 'count', 'In decimetres; above 22 it needs the middle lane.'),
    field('lane', 'string', 'The lane that it waits and stands in.'),
    field('surcharge', 'money', 'For height, or for a gas tank.'),
    field('hasGas', 'flag', 'Stands on the open deck.'),
    field('driver', 'string', 'The passenger who drives it aboard.'),
    field('loadedAt', 'instant', 'When it was waved on.'),
  ],
  fare: [
    field('route', 'string', 'The two harbours, in the order of the alphabet.'),
    field('season', 'string', 'Summer, winter or feast days.'),
    field('adult', 'money', 'From sixteen years on.'),
    field('child', 'money', 'From four years on; younger ones travel free.'),
    field('vehicleMetre', 'money', 'For each metre of a vehicle, rounded up.'),
    field('validFrom', 'instant', 'The first sailing that it holds for.'),
    field('validUntil', 'instant', 'The last sailing that it holds for.'),
    field('groupFrom', 'count', 'From how many travellers on the group fare holds.'),
    field('isPublished', 'flag', 'Fares that are not published can be seen by the desk only.'),
  ],
}

const capital = (text) => text[0].toUpperCase() + text.slice(1)

/** Every file of a fresh checkout, by its path. */
export function projectFiles() {
  const files = new Map(Object.entries(HAND_WRITTEN))
  for (const [name, fields] of Object.entries(KINDS)) {
    const kind = {
      name,
      type: capital(name),
      fields: fields.map((each) => ({ ...each, title: capital(each.name) })),
    }
    files.set(`src/model/${name}.ts`, modelFile(kind))
    files.set(`src/store/${name}-store.ts`, storeFile(kind))
    files.set(`src/http/${name}-routes.ts`, routesFile(kind))
    files.set(`test/${name}.test.ts`, testFile(kind))
  }
  return new Map([...files].sort(([left], [right]) => (left < right ? -1 : 1)))
}
