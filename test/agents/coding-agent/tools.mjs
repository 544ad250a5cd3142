// What the coding agent can do, in the words that the model reads.

const text = (description) => ({ type: 'string', description })

function tool(name, description, properties = {}, optional = []) {
  const required = Object.keys(properties).filter((each) => !optional.includes(each))
  return { name, description, input_schema: { type: 'object', properties, required } }
}

export const tools = [
  tool(
    'list_files',
    'Lists the paths of all files in a folder and the folders in it, one a line, with their number of lines.',
    {
      folder: text('Path from the root of the checkout, such as src/fares. The root itself is a full stop.'),
    },
  ),
  tool(
    'read_file',
    'Reads a file, whole, with line numbers. Read each file once; it does not change unless you edit it.',
    {
      path: text('Path from the root of the checkout, such as src/fares/split.ts.'),
    },
  ),
  tool(
    'search',
    'Finds lines that match a regular expression of JavaScript, with path and line number. Shows at most 60 lines.',
    {
      pattern: text('The expression, without slashes. Upper and lower case differ.'),
      folder: text('Where to look. Without it, everywhere.'),
    },
    ['folder'],
  ),
  tool(
    'edit_file',
    'Replaces one passage of a file by another. The passage has to stand in the file exactly once; otherwise nothing is changed and you are told how often it was found.',
    {
      path: text('Path from the root of the checkout.'),
      old_text: text(
        'The passage as it stands in the file, with all its white space and without line numbers.',
      ),
      new_text: text('What is to stand there instead.'),
    },
  ),
  tool('write_file', 'Writes a new file, or a file anew. Use edit_file for files that exist.', {
    path: text('Path from the root of the checkout. Folders are made as needed.'),
    content: text('The whole text of the file.'),
  }),
  tool(
    'run_tests',
    'Runs the tests of one file, or all, and prints the name and the time of each, with what was expected and found where one fails.',
    { file: text('Path of a test file. Without it, all tests run, which takes long.') },
    ['file'],
  ),
  tool('check_types', 'Runs the TypeScript compiler over the whole checkout and prints its errors.'),
  tool('git_log', 'The latest commits: short hash, day and subject.', {
    path: text('Commits that touch this path only. A full stop for all.'),
  }),
  tool('git_diff', 'Everything that differs from the last commit, as a unified diff.'),
  tool(
    'update_plan',
    'Writes the list of what is to be done. Give the whole list each time, also what is done already.',
    {
      items: {
        type: 'array',
        description: 'The points in the order in which you will do them, ten at most.',
        items: {
          type: 'object',
          properties: {
            what: text('In one line.'),
            state: { type: 'string', enum: ['open', 'doing', 'done'] },
          },
          required: ['what', 'state'],
        },
      },
    },
  ),
  tool(
    'fetch_documentation',
    'Fetches a page of the documentation of Node or SQLite and gives its text, without navigation and scripts. Pages are long: name the section, and only that section is given. Examples come in both module systems; take those for ES modules. Where a page describes several versions, take what holds for the version in package.json. Pages of other sites cannot be fetched, and nothing can be sent or searched for.',
    {
      product: { type: 'string', enum: ['node', 'sqlite'], description: 'Whose documentation.' },
      page: text('The name of the page as in its address, such as test or lang_createtable.'),
      section: text('The heading of the section, as it stands on the page.'),
    },
    ['section'],
  ),
]
