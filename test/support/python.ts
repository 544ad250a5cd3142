// The Python that programs of test/agents/python run on: Debian's own, with the HTTP clients that Debian packages for it.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inRepository } from './repository'

/** `COSTFLAME_TEST_PYTHON` names another one, which has the clients. */
export const PYTHON = process.env.COSTFLAME_TEST_PYTHON || '/usr/bin/python3'
export const PYTHON_AGENTS = inRepository('test', 'agents', 'python')
export const PYTHON_HOOK = inRepository('dist', 'hooks', 'python')

/** Debian packages of the clients. */
export const PYTHON_PACKAGES = ['httpx', 'requests', 'aiohttp', 'urllib3', 'botocore'].map(
  (name) => `python3-${name}`,
)

/** Why programs with these clients cannot run here; undefined where they can. */
export function pythonProblem(): string | undefined {
  const { status, error } = spawnSync(PYTHON, ['-c', 'import httpx, requests, aiohttp, urllib3, botocore'], {
    stdio: 'ignore',
  })
  if (status === 0) return undefined
  return `${PYTHON} ${error ? 'is not there' : 'lacks a client'}: apt-get install ${PYTHON_PACKAGES.join(' ')}`
}

/** Every Python that is on PATH under its version, newest last, those too old for the hook among them. */
export function otherPythons(): { readonly name: string; readonly path: string }[] {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const names = ['2.7', ...Array.from({ length: 9 }, (_, index) => `3.${index + 6}`)].map(
    (each) => `python${each}`,
  )
  return names.flatMap((name) => {
    const path = folders.map((folder) => join(folder, name)).find((each) => existsSync(each))
    const isWorking = path !== undefined && spawnSync(path, ['-c', ''], { stdio: 'ignore' }).status === 0
    return isWorking ? [{ name, path }] : []
  })
}
