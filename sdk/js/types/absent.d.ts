// What Node has and a plugin has not. TypeScript lets it pass, whose advice would be to install types for
// Node; the build and the tests refuse it with the reason.

declare module "node:*";
