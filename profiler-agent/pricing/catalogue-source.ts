// Where the catalogue's data is from: the package that ships with us, or a newer copy that the user asked for. Looks nothing up but providers.

import { findProvider, type Provider } from '@pydantic/genai-prices'

/** Version of the installed package; a test holds it against the package itself. */
export const CATALOGUE_NAME = 'genai-prices@0.1.8'

export interface CatalogueSource {
  /** Stands in the name of the book. */
  readonly name: string
  /** A provider by the catalogue's own id. */
  readonly byId: (id: string) => Provider | undefined
  /** The provider that answers at a URL. */
  readonly byUrl: (url: string) => Provider | undefined
}

/** The data inside the package. */
export const SHIPPED: CatalogueSource = {
  name: CATALOGUE_NAME,
  byId: (providerId) => findProvider({ providerId }),
  byUrl: (providerApiUrl) => findProvider({ providerApiUrl }),
}

/** Data of the same shape from elsewhere, already checked. Ids are the catalogue's own or what its match rules name. */
export function catalogueSource(name: string, providers: readonly Provider[]): CatalogueSource {
  const byId = new Map(providers.map((provider) => [provider.id, provider]))
  return {
    name,
    // Aliases such as `together_ai` are resolved by the package, whose provider ids are the same.
    byId: (id) => byId.get(id) ?? byId.get(findProvider({ providerId: id })?.id ?? ''),
    byUrl: (url) => providers.find(({ api_pattern }) => new RegExp(`^(?:${api_pattern})`).test(url)),
  }
}
