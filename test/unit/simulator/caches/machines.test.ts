// Which machine a request comes to.
import assert from 'node:assert/strict'
import { Machines } from '../../../../profiler-agent/simulator/caches/machines'
import { PromptBuilder } from '../../../../profiler-agent/simulator/prompt'

const promptOf = (text: string) => {
  const prompt = new PromptBuilder((each) => each.length)
  prompt.block('system', text)
  return prompt.build()
}

describe('machines', () => {
  const shared = 'a'.repeat(300)

  it('is one, where there is no limit', () => {
    const machines = new Machines()
    for (let call = 0; call < 50; call++) assert.equal(machines.machineFor(promptOf(shared), 'me', 0), 0)
  })

  it('goes to the next one with what is too much in a minute for one beginning and one scope', () => {
    const machines = new Machines(2)
    const machine = (text: string, scope: string, at: number) =>
      machines.machineFor(promptOf(text), scope, at)
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((at) => machine(`${shared}${at}`, 'me', at)),
      [0, 0, 1, 1, 2],
    )
    assert.equal(machine('another beginning', 'me', 5), 0)
    assert.equal(machine(shared, 'you', 5), 0)
    assert.equal(machine(shared, 'me', 60_004), 0)
  })
})
