extension CodeText {
    static let cachedReadNeedsListWatch = CodeText(
        code: .cachedReadNeedsListWatch,
        severity: .warning,
        summary: "a cached get is a list and a watch",
        meaning: """
            The default client of controller-runtime answers `Get` from a cache that an informer fills with \
            `list` and `watch` on the whole resource. A role with `get` alone lets the first read wait until \
            its deadline, with no word about permissions: `timed out waiting for cache to be synced`.
            """,
        example: Example(
            input: """
                rules:
                - apiGroups: [""]
                  resources: [configmaps]
                  verbs: [get]

                r.Client.Get(ctx, key, &configMap)
                """,
            says: """
                `configmaps` is read through a cache, which needs `list` and `watch`; the role grants `get`
                """
        ),
        remedy: """
            Grant `list` and `watch`. To keep the role small, read past the cache instead: \
            `mgr.GetAPIReader()`, or `client.CacheOptions.DisableFor` for that type; then `get` is enough.
            """,
        documentation: "https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes"
    )
}
