// XML 1.0 as strictly as it takes to know that a file is well-formed: elements, attributes and texts, no DTDs.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Of its own, without that of its children. */
  readonly text: string
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

const TOKEN = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/y

/** The root element. Throws where the text is not well-formed. */
export function parseXml(text: string): XmlElement {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>'
  if (!text.startsWith(declaration)) throw new Error('no XML declaration')
  const top: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  for (let at = declaration.length; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`)
    take(match, open)
  }
  const [root] = top.children
  if (open.length !== 1 || top.children.length !== 1 || !root) throw new Error('not one root element')
  return root
}

function take(
  [, closed, opened, attributes = '', isEmpty, text]: RegExpExecArray,
  open: OpenElement[],
): void {
  const parent = open.at(-1)
  if (!parent) throw new Error('text behind the root')
  if (text !== undefined) parent.text += unescaped(text)
  else if (closed !== undefined) {
    if (open.pop()?.name !== closed) throw new Error(`</${closed}> closes another element`)
  } else {
    const pairs = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
      key,
      unescaped(value),
    ])
    const element: OpenElement = {
      name: opened ?? '',
      attributes: Object.fromEntries(pairs),
      children: [],
      text: '',
    }
    parent.children.push(element)
    if (!isEmpty) open.push(element)
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Error('a character that XML forbids')
  return text.replace(/&(#(\d+)|\w*);?/g, (whole, name: string, code?: string) => {
    const character = code === undefined ? ENTITIES[name] : String.fromCodePoint(Number(code))
    if (character === undefined || !whole.endsWith(';')) throw new Error(`unknown entity ${whole}`)
    return character
  })
}
