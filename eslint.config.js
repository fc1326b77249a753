// Type-aware lint: floating promises and unsafe values matter most here.
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/node_modules/**",
      "coverage/**",
      "bench/**",
      "**/*.mjs",
      "**/*.cjs",
      "**/*.js",
      "vitest.config.ts",
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "No enums: a union of literals." }],
      eqeqeq: "error",
    },
  },
  {
    files: ["packages/studio/src/**"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["planloom", "planloom/*", "**/planloom/**"],
              allowTypeImports: true,
              message: "The Studio talks HTTP only: it takes types from planloom, and no code.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["packages/planloom/src/plan/**", "packages/planloom/src/run/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...[
          "setTimeout",
          "setInterval",
          "setImmediate",
          "queueMicrotask",
          "fetch",
          "process",
          "console",
          "performance",
          "crypto",
        ].map((name) => ({ name, message: "plan/ and run/ are pure: no clock, no random, no I/O." })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "plan/ and run/ are pure." },
        { object: "Date", property: "now", message: "plan/ and run/ are pure." },
      ],
    },
  },
);
