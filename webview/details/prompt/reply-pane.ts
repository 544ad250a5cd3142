// What the model answered, block by block: text, reasoning, and the tools that it asked for.

import type { CallPrompt } from '../../../profiler-agent/model/run-questions'
import { element } from '../../element'
import type { PageActions } from '../../page'
import { counted, t } from '../../words'
import { PromptList } from './prompt-list'
import { replyRows } from './prompt-rows'

/** Longer replies are opened one by one. */
const FEW_BLOCKS = 12

export class ReplyPane {
  readonly element = element('div', { class: 'prompt' })
  readonly #head = element('p', { class: 'prompt-head dim' })
  readonly #list: PromptList
  #key = ''

  constructor(actions: PageActions) {
    this.#list = new PromptList(actions, t('Reply, block by block'))
    this.element.append(this.#list.element)
  }

  show(key: string, prompt: CallPrompt): void {
    const { reply } = prompt
    const tools = reply.filter(({ kind }) => kind === 'tool_call')
    const names = [...new Set(tools.map(({ name }) => name ?? t('a tool')))].join(', ')
    this.#head.textContent =
      reply.length === 0
        ? t('There is no reply.')
        : tools.length === 0
          ? counted(reply.length, 'block')
          : t('{0}, asks for {1}', counted(reply.length, 'block'), names)
    const isOther = key !== this.#key
    this.#key = key
    this.#list.show(
      {
        head: this.#head,
        rows: replyRows(prompt),
        divergence: () => element('div'),
        showAll: () => undefined,
        isOpen: reply.length <= FEW_BLOCKS,
      },
      isOther,
    )
  }
}
