import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './styles.css'
import { App } from './app.tsx'
import { applyTheme } from './theme.tsx'

applyTheme()
const root = document.querySelector('#app')
if (root) render(<App />, root)
