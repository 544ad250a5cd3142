// Entry of the page's script: style, then the app on the body.

import { App } from './app'
import { applyStyles } from './styles'

applyStyles(document)
new App(document.body).start()
