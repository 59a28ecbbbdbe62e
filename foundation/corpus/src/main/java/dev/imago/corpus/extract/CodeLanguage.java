package dev.imago.corpus.extract;

import org.jspecify.annotations.Nullable;

/// The programming language that a file's ending says.
final class CodeLanguage {
  private CodeLanguage() {}

  /// Its name in small letters, as GitHub's Linguist has it; null where an ending is that of none.
  /// Endings that text and settings have too (`.txt`, `.json`, `.xml`, `.yaml`) are of none.
  static @Nullable String of(String ending) {
    return switch (ending) {
      case "java" -> "java";
      case "py", "pyi" -> "python";
      case "c", "h" -> "c";
      case "cc", "cpp", "cxx", "hh", "hpp", "hxx" -> "c++";
      case "cs" -> "c#";
      case "fs", "fsi" -> "f#";
      case "js", "mjs", "cjs", "jsx" -> "javascript";
      case "ts", "mts", "cts", "tsx" -> "typescript";
      case "go" -> "go";
      case "rs" -> "rust";
      case "kt", "kts" -> "kotlin";
      case "scala" -> "scala";
      case "groovy", "gradle" -> "groovy";
      case "clj", "cljs" -> "clojure";
      case "rb" -> "ruby";
      case "php" -> "php";
      case "pl", "pm" -> "perl";
      case "swift" -> "swift";
      case "m", "mm" -> "objective-c";
      case "r" -> "r";
      case "jl" -> "julia";
      case "lua" -> "lua";
      case "hs" -> "haskell";
      case "ml", "mli" -> "ocaml";
      case "ex", "exs" -> "elixir";
      case "erl", "hrl" -> "erlang";
      case "dart" -> "dart";
      case "zig" -> "zig";
      case "sh", "bash", "zsh" -> "shell";
      case "ps1" -> "powershell";
      case "sql" -> "sql";
      case "f", "f90", "f95" -> "fortran";
      case "lisp", "el", "scm" -> "lisp";
      case "v", "sv" -> "verilog";
      case "vhd", "vhdl" -> "vhdl";
      case "cu", "cuh" -> "cuda";
      default -> null;
    };
  }
}
