// Credentials in the arguments of a command: masked where a name, a program or a shape gives them away, and nothing else.

import assert from 'node:assert/strict'
import { REDACTED } from '../../../../profiler-agent/capture/redact'
import { redactCommand, redactCommandLine } from '../../../../profiler-agent/capture/redact-command'

describe('capture/redact-command', () => {
  it('masks the values of credential flags and variables of a command', () => {
    assert.deepEqual(
      redactCommand([
        'node',
        'a.js',
        '--api-key',
        'abc',
        '--token=abc',
        'OPENAI_API_KEY=abc',
        'TOKEN=abc',
        '--max-tokens',
        '100',
      ]),
      [
        ...['node', 'a.js', '--api-key', REDACTED, `--token=${REDACTED}`, `OPENAI_API_KEY=${REDACTED}`],
        ...[`TOKEN=${REDACTED}`, '--max-tokens', '100'],
      ],
    )
  })

  it('masks headers, passwords of users and variables that hold headers', () => {
    assert.deepEqual(
      redactCommand([
        ...['curl', '-H', 'x-api-key: abc', '--header=X-Auth-Token: abc', '-H', 'accept: text/plain'],
        ...[
          '-u',
          'me:abc',
          'OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20abc',
          'python',
          '-u',
          'agent.py',
        ],
      ]),
      [
        ...[
          'curl',
          '-H',
          `x-api-key: ${REDACTED}`,
          `--header=X-Auth-Token: ${REDACTED}`,
          '-H',
          'accept: text/plain',
        ],
        ...['-u', `me:${REDACTED}`, `OTEL_EXPORTER_OTLP_HEADERS=${REDACTED}`, 'python', '-u', 'agent.py'],
      ],
    )
  })

  it('masks passwords right behind -p where a program takes them so, and no port', () => {
    assert.deepEqual(
      redactCommand(['sh', '-c', '/usr/bin/mysql', '-uroot', '-phidden']).at(-1),
      `-p${REDACTED}`,
    )
    assert.deepEqual(redactCommand(['node', '-p', 'x', '-p8080']), ['node', '-p', 'x', '-p8080'])
  })

  it('masks a token in JSON in an argument', () => {
    assert.deepEqual(redactCommand(['--x={"token":"abc","tokens":"abc"}']), [
      `--x={"token":"${REDACTED}","tokens":"abc"}`,
    ])
  })

  it('masks what JSON in an argument names as a credential', () => {
    assert.deepEqual(redactCommand([`--config={"model":"m","api_key":"hidden-0123456789"}`]), [
      `--config={"model":"m","api_key":"${REDACTED}"}`,
    ])
  })

  it('masks whatever stands behind Bearer in an argument, however short', () => {
    assert.deepEqual(redactCommand(['sh', '-c', 'curl -H "authorization: Bearer sk-z" http://h']), [
      'sh',
      '-c',
      `curl -H "authorization: ${REDACTED}" http://h`,
    ])
  })

  it('masks a password where the program takes one so', () => {
    for (const [line, masked] of [
      ['mysqldump -uroot -phidden harbour', `mysqldump -uroot -p${REDACTED} harbour`],
      ['mysql -p harbour', 'mysql -p harbour'],
      ['sshpass -p hidden ssh me@harbour', `sshpass -p ${REDACTED} ssh me@harbour`],
      ['mongosh -u me -p hidden', `mongosh -u me -p ${REDACTED}`],
      ['docker login -u me -p hidden registry', `docker login -u me -p ${REDACTED} registry`],
      ['docker run -p 8080:80 -u 1000:1000 web', 'docker run -p 8080:80 -u 1000:1000 web'],
      ['/opt/sqlcmd -S db -P hidden', `/opt/sqlcmd -S db -P ${REDACTED}`],
      ['redis-cli -a hidden ping', `redis-cli -a ${REDACTED} ping`],
      ['ldapsearch -x -whidden', `ldapsearch -x -w${REDACTED}`],
      ['curl -ume:hidden http://h', `curl -ume:${REDACTED} http://h`],
      ['curl --user=me:hidden --pass hidden', `curl --user=me:${REDACTED} --pass ${REDACTED}`],
      ['smbclient -U me%hidden', `smbclient -U me%${REDACTED}`],
      ['openssl rsa -passin pass:hidden -in a.pem', `openssl rsa -passin pass:${REDACTED} -in a.pem`],
    ] as const)
      assert.equal(redactCommand(line.split(' ')).join(' '), masked)
  })

  it('masks what is set by the name of a credential', () => {
    for (const [line, masked] of [
      [
        'aws configure set aws_secret_access_key hidden',
        `aws configure set aws_secret_access_key ${REDACTED}`,
      ],
      [
        'npm config set //npm.example/:_authToken hidden',
        `npm config set //npm.example/:_authToken ${REDACTED}`,
      ],
      [
        'kubectl create secret generic x --from-literal=password=hidden',
        `kubectl create secret generic x --from-literal=password=${REDACTED}`,
      ],
      ['helm install x --set db.password=hidden', `helm install x --set db.password=${REDACTED}`],
      [
        'docker run -e MYSQL_PWD=hidden -e DB_PASS=hidden web',
        `docker run -e MYSQL_PWD=${REDACTED} -e DB_PASS=${REDACTED} web`,
      ],
      ['agent --token=hidden==', `agent --token=${REDACTED}`],
    ] as const)
      assert.equal(redactCommand(line.split(' ')).join(' '), masked)
  })

  it('looks into the command line that a shell is given', () => {
    const line = `cd /srv && DB_PASSWORD=hidden mysql -phidden -e "select 1" | curl -u 'me:hid den' -H "x-api-key: hidden"`
    const masked = `cd /srv && DB_PASSWORD=${REDACTED} mysql -p${REDACTED} -e "select 1" | curl -u 'me:${REDACTED}' -H "x-api-key: ${REDACTED}"`
    assert.deepEqual(redactCommand(['bash', '-lc', line]), ['bash', '-lc', masked])
    assert.equal(redactCommandLine(masked), masked)
    assert.equal(
      redactCommandLine(`node it's.mjs --token hidden isn't`),
      `node it's.mjs --token ${REDACTED} isn't`,
    )
  })

  it('leaves words that only sound like it', () => {
    for (const line of [
      'node agent.mjs token count --max-tokens 100 --port 8080 -p 8080',
      'grep password notes.txt',
      'python -u -m agents.support --pwd /srv --input-tokens 5',
      'python -c print(1)',
      'git log --author=me --key-file a.pem',
      'make test PASS_COUNT=3 CACHE_KEY_PREFIX=v1',
      'curl -U https://proxy.example -u C:\\me',
    ])
      assert.equal(redactCommand(line.split(' ')).join(' '), line)
  })
})
