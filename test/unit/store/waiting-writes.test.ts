// Writes that have to wait are done later and in order; those that never will be are said.

import assert from 'node:assert/strict'
import { WaitingWrites } from '../../../profiler-agent/store/waiting-writes'

function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { errcode })
}

describe('WaitingWrites', () => {
  let told: string[]
  let written: number[]
  let trouble: Error | undefined
  let writes: WaitingWrites
  const write = (n: number) =>
    writes.write(() => {
      if (trouble) throw trouble
      written.push(n)
    })
  beforeEach(() => {
    told = []
    written = []
    trouble = undefined
    writes = new WaitingWrites((message) => told.push(message))
  })

  it('writes at once where nothing is wrong', () => {
    write(1)
    assert.deepEqual([written, told], [[1], []])
  })

  it('keeps what a full disk refused, and writes it in order when there is room', () => {
    trouble = sqliteError(13, 'database or disk is full')
    write(1)
    write(2)
    assert.deepEqual([written, writes.count], [[], 2])
    trouble = undefined
    write(3)
    writes.flush()
    assert.deepEqual([written, writes.count], [[1, 2, 3], 0])
  })

  it('waits for a lock that another process holds, by its extended code too', () => {
    trouble = sqliteError(5 | (2 << 8), 'database is locked')
    write(1)
    trouble = undefined
    writes.flush()
    assert.deepEqual(written, [1])
  })

  it('says once that it cannot write, and once that it can again', () => {
    trouble = sqliteError(13, 'database or disk is full')
    write(1)
    write(2)
    trouble = undefined
    writes.flush()
    writes.flush()
    assert.equal(told.length, 2)
    assert.match(told[0] ?? '', /disk is full.*make room/)
    assert.match(told[1] ?? '', /nothing was lost/)
  })

  it('says how much was lost when more waited than it keeps', () => {
    trouble = sqliteError(13, 'database or disk is full')
    for (let n = 0; n < 10_002; n++) write(n)
    trouble = undefined
    writes.flush()
    assert.equal(written[0], 2)
    assert.match(told[1] ?? '', /2 of the oldest writes were lost/)
  })

  it('throws what no waiting mends, and does not let it stand in the way', () => {
    trouble = sqliteError(19, 'constraint failed')
    assert.throws(() => write(1), /constraint failed/)
    trouble = undefined
    write(2)
    assert.deepEqual(written, [2])
  })

  describe('together', () => {
    /** A transaction that takes back what was written in it when it fails; it begins and ends only without trouble. */
    const transaction = (work: () => void) => {
      if (trouble) throw trouble
      const before = [...written]
      try {
        work()
        if (trouble) throw trouble
      } catch (error) {
        written = before
        throw error
      }
    }

    it('keeps all of them when the lock cannot be had', () => {
      trouble = sqliteError(5, 'database is locked')
      writes.together(transaction, () => [1, 2].forEach(write))
      assert.deepEqual([written, writes.count], [[], 2])
      trouble = undefined
      writes.flush()
      assert.deepEqual(written, [1, 2])
    })

    it('keeps all of them, in order, when the disk is full in the middle', () => {
      writes.together(transaction, () => {
        write(1)
        trouble = sqliteError(13, 'database or disk is full')
        write(2)
        write(3)
      })
      assert.deepEqual([written, writes.count], [[], 3])
      trouble = undefined
      writes.flush()
      assert.deepEqual(written, [1, 2, 3])
    })

    it('lets one that no waiting mends fail by itself', () => {
      writes.together(transaction, () => {
        write(1)
        trouble = sqliteError(19, 'constraint failed')
        assert.throws(() => write(2), /constraint failed/)
        trouble = undefined
        write(3)
      })
      assert.deepEqual([written, writes.count], [[1, 3], 0])
    })
  })

  it('keeps no more than 256 MB, and says what it lost', () => {
    trouble = sqliteError(13, 'database or disk is full')
    const heavy = (n: number) =>
      writes.write(
        () => {
          if (trouble) throw trouble
          written.push(n)
        },
        100 * 1024 * 1024,
      )
    for (const n of [1, 2, 3]) heavy(n)
    assert.equal(writes.count, 2)
    trouble = undefined
    writes.flush()
    assert.deepEqual(written, [2, 3])
    assert.match(told.at(-1) ?? '', /1 of the oldest writes were lost/)
  })
})
