// Where the findings of the current runs are in the files as they are now: diagnostics, code actions and hovers ask here.

import * as vscode from 'vscode'
import type { CodeText } from '../../profiler-agent/anchor/code-text'
import type { RunDetail } from '../../profiler-agent/feed/protocol'
import type { Finding } from '../../profiler-agent/model/finding'
import { ignoringComment } from '../../profiler-agent/places/ignore-comments'
import { isInWorkspace, uriOf } from '../locations'
import type { Session } from '../profiler/session'
import { FileFindings, type FoundFinding, type PlacedFinding } from './file-findings'
import { codeOf, openDocument, rangeOfRegion, textNow } from './files-now'
import { FindingFiles, type NamedFile } from './finding-files'
import { AtMostEvery } from './marks/at-most'

export interface FindingMark extends FoundFinding {
  readonly uri: vscode.Uri
  readonly range: vscode.Range
  /** The code is another one than the finding is about: whether it still holds is known after the next run. */
  readonly isChanged: boolean
}

interface MarkedFile {
  readonly uri: vscode.Uri
  readonly findings: FileFindings
  marks: readonly FindingMark[]
  /** The text that the marks are in, and whether it was edited since, in ways that are known. */
  code: CodeText | undefined
  isEdited: boolean
}

const NEW_FILE = { marks: [], code: undefined, isEdited: false } as const

/** After the last keystroke: only then the text is looked into. */
const TYPING_MS = 250
/** A run that goes on tells its findings with every call. */
const UPDATE_MS = 300

export class FindingMarks implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>()
  /** Fires when marks came, went or are elsewhere than the edits have moved them. */
  readonly onDidChange = this.changed.event
  private readonly update = new AtMostEvery(UPDATE_MS, () => this.refresh())
  private readonly subscriptions: readonly vscode.Disposable[]
  private shown: readonly RunDetail[] = []
  private files = new Map<string, MarkedFile>()
  private readonly whereabouts = new FindingFiles()
  /** Findings that somebody did something about, while what was done holds. */
  private readonly hidden = new Map<string, () => boolean>()
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private filesTimer: NodeJS.Timeout | undefined
  private followed: readonly FoundFinding[] = []
  private version = 0

  constructor(private readonly session: Session) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*')
    const look = ({ uri }: { readonly uri: vscode.Uri }) => this.lookSoon(uri, 0)
    this.subscriptions = [
      this.changed,
      session.onDidChange(() => this.update.ask()),
      vscode.workspace.onDidChangeTextDocument((event) => this.edited(event)),
      vscode.workspace.onDidOpenTextDocument((document) => {
        look(document)
        this.lookForFilesSoon()
      }),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.workspace.onDidRenameFiles((event) => this.renamedFiles(event)),
      watcher,
      ...[watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete].map((event) =>
        event((uri) => this.lookSoon(uri, TYPING_MS)),
      ),
      ...[watcher.onDidCreate, watcher.onDidDelete].map((event) => event(() => this.lookForFilesSoon())),
    ]
    this.refresh()
  }

  /** Those of one file, open or not. */
  of(uri: vscode.Uri): readonly FindingMark[] {
    const file = this.files.get(uri.toString())
    if (file === undefined) return []
    // Somebody asks in the middle of typing.
    if (!file.findings.areSettled && openDocument(uri) !== undefined) this.place(file, undefined)
    return file.marks
  }

  /** What is followed, shown or not. */
  get found(): readonly FoundFinding[] {
    return this.followed
  }

  get all(): readonly FindingMark[] {
    return [...this.files.values()].flatMap(({ marks }) => marks)
  }

  /** From now on a finding of a run is not shown as long as `isDone` holds. */
  hide(finding: Finding, isDone: () => boolean): void {
    this.hidden.set(keyOf(finding), isDone)
    void this.placeAll()
  }

  dispose() {
    clearTimeout(this.filesTimer)
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.update.dispose()
    vscode.Disposable.from(...this.subscriptions).dispose()
  }

  private refresh(): void {
    const { details } = this.session
    const isSame =
      details.length === this.shown.length && details.every((each, at) => each === this.shown[at])
    if (isSame) return
    const runs = new Set(details.map(({ summary }) => summary.id))
    // A new run was found under the new names, and says anew what is to be done.
    if (this.shown.some(({ summary }) => !runs.has(summary.id))) {
      this.whereabouts.forget()
      this.hidden.clear()
    }
    this.shown = details
    this.whereabouts.look(this.named())
    this.follow()
    void this.placeAll()
  }

  /** The findings that have a place, with its file as their run named it. */
  private placed() {
    return this.shown.flatMap(({ findings, summary: { root } }) =>
      findings.flatMap((finding) => {
        const uri = finding.location && uriOf(finding.location.file, root)
        return uri ? [{ uri, finding, root }] : []
      }),
    )
  }

  private named(): NamedFile[] {
    return [...Map.groupBy(this.placed(), ({ uri }) => uri.toString()).values()].flatMap((group) => {
      const [first] = group
      return first ? [{ uri: first.uri, findings: group.map(({ finding }) => finding) }] : []
    })
  }

  private follow(): void {
    const found = this.placed()
      .map((each) => ({ ...each, uri: this.whereabouts.now(each.uri) }))
      .filter(({ uri, finding }) => isInWorkspace(uri) && !isSaidWhileTyped(finding))
    this.followed = found
    const files = new Map<string, MarkedFile>()
    for (const [key, own] of Map.groupBy(found, ({ uri }) => uri.toString())) {
      const [first] = own
      if (first === undefined) continue
      const known = this.files.get(key) ?? { uri: first.uri, findings: new FileFindings(), ...NEW_FILE }
      known.findings.follow(own)
      files.set(key, known)
    }
    this.files = files
  }

  private async placeAll(): Promise<void> {
    const version = ++this.version
    const files = [...this.files.values()]
    const texts = await Promise.all(files.map(({ uri }) => textNow(uri)))
    // Files were read meanwhile; a newer state may have been shown.
    if (version !== this.version) return
    for (const [index, file] of files.entries()) this.place(file, texts[index])
    this.changed.fire()
  }

  /** `onDisk` counts for a file that is not open. */
  private place(file: MarkedFile, onDisk: string | undefined): void {
    const { uri, findings } = file
    const document = openDocument(uri)
    const text = document?.getText() ?? onDisk
    const code = text === undefined ? undefined : codeOf(uri, text)
    if (code?.text !== file.code?.text && !file.isEdited) findings.forgetPlaces()
    file.code = code
    file.isEdited = false
    file.marks =
      code === undefined
        ? []
        : findings
            .placedIn(code)
            .filter((each) => !this.isHidden(each, uri, code.text))
            .map((each) => markOf(uri, code, each))
  }

  private isHidden({ finding, region }: PlacedFinding, { path }: vscode.Uri, text: string): boolean {
    const key = keyOf(finding)
    const isDone = this.hidden.get(key)
    if (isDone?.()) return true
    // Undone once, it is as if nothing had been done.
    this.hidden.delete(key)
    return ignoringComment(path, text, { rule: finding.rule, line: region.start.line + 1 }) !== undefined
  }

  private edited({ document: { uri }, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const file = this.files.get(uri.toString())
    if (file === undefined || contentChanges.length === 0) return
    file.findings.edit(contentChanges)
    file.isEdited = true
    this.lookSoon(uri, TYPING_MS)
  }

  private lookSoon(uri: vscode.Uri, milliseconds: number): void {
    const key = uri.toString()
    if (!this.files.has(key)) return
    clearTimeout(this.timers.get(key))
    this.timers.set(
      key,
      setTimeout(() => void this.look(key), milliseconds),
    )
  }

  private async look(key: string): Promise<void> {
    this.timers.delete(key)
    const file = this.files.get(key)
    const text = file && (await textNow(file.uri))
    if (file === undefined || this.files.get(key) !== file) return
    this.place(file, text)
    this.changed.fire()
  }

  private renamedFiles({ files }: vscode.FileRenameEvent): void {
    for (const { uri } of this.named()) for (const file of files) this.whereabouts.renamed(uri, file)
    this.follow()
    void this.placeAll()
  }

  /** A checkout brings and takes many files at once. */
  private lookForFilesSoon(): void {
    if (this.followed.length === 0) return
    clearTimeout(this.filesTimer)
    this.filesTimer = setTimeout(() => {
      if (!this.whereabouts.look(this.named())) return
      this.follow()
      void this.placeAll()
    }, TYPING_MS)
  }
}

function keyOf({ runId, id }: Finding): string {
  return `${runId} ${id}`
}

/** What is wrong in the budget file of a folder is said by `budgets/`, of the file as it is now. */
function isSaidWhileTyped({ rule, location }: Finding): boolean {
  return rule === 'profiler/budget-file' && location?.file.endsWith('.costflame/budgets.jsonc') === true
}

/** A call without an end is marked on its first line: a statement may be a page long. */
function markOf(
  uri: vscode.Uri,
  code: CodeText,
  { finding, root, region, isChanged }: PlacedFinding,
): FindingMark {
  const { start, end } = rangeOfRegion(region)
  const isHead = finding.location?.endLine === undefined && end.line > start.line
  const headEnd = new vscode.Position(start.line, code.lineAt(start.line + 1).trimEnd().length)
  return { finding, root, uri, range: new vscode.Range(start, isHead ? headEnd : end), isChanged }
}
