// The desks of a town library, each an agent with one mistake that costs money: `node library.ts [desk …]` asks each a few questions.
import { argv } from 'node:process'
import { agent } from 'costflame/api'
import { answerAboutCatalogue } from './catalogue.ts'
import { answerAboutFines } from './fines.mjs'
import { shortenLetter } from './letters.ts'
import { answerAboutLoans } from './loans.ts'
import { writeNotice } from './notices.ts'
import { questions } from './readers.ts'
import { orderFromStock } from './stock.ts'

const DESKS: Readonly<Record<string, (question: string) => Promise<unknown>>> = {
  catalogue: answerAboutCatalogue,
  loans: answerAboutLoans,
  fines: answerAboutFines,
  notices: writeNotice,
  letters: shortenLetter,
  stock: orderFromStock,
}

const wanted = argv.slice(2)
for (const [name, answer] of Object.entries(DESKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const question of questions(name)) await agent(name, { version: '1' }, () => answer(question))
  console.log(`${name}: ${questions(name).length} answered`)
}
