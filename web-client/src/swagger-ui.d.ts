/** The package brings no types for its bundle. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  const SwaggerUI: (options: {
    domNode: HTMLElement | null
    url: string
    docExpansion?: 'list' | 'full' | 'none'
  }) => unknown
  export default SwaggerUI
}
