// The generator's own theme, in the colours of the logo.
import theme from 'vitepress/theme'
import './style.css'

export default theme
