// A folder with the tokenizer's two assets, as the build lays them out, made from the installed package.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOKENIZER_ASSETS } from '../../profiler-agent/tokens/tokenizer'

let folder: string | undefined

/** Absolute path; made once per process and removed when it exits. */
export function tokenizerFolder(): string {
  if (folder) return folder
  const made = mkdtempSync(join(tmpdir(), 'costflame-tokenizer-'))
  copyFileSync(require.resolve('tiktoken/lite/tiktoken_bg.wasm'), join(made, TOKENIZER_ASSETS.wasm))
  copyFileSync(require.resolve('tiktoken/encoders/o200k_base.json'), join(made, TOKENIZER_ASSETS.ranks))
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  folder = made
  return made
}
