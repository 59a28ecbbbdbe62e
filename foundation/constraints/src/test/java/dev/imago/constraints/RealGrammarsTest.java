package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// llama.cpp's own grammars, where they lie beside the project.
final class RealGrammarsTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("imago.root", "../..")).resolve("../shared/data/grammars");

  private record Sample(List<String> right, List<String> wrong) {}

  private static final Map<String, Sample> SAMPLES =
      Map.of(
          "arithmetic",
              new Sample(List.of("a=1\n", "x1 +2=( 3*y )\nb=2\n"), List.of("", "a=\n", "1a=2\n")),
          "c",
              new Sample(
                  List.of(
                      "",
                      "int f(){return 1;}"
                          .replace("int f", "int  f")
                          .replace("return 1", "return  1")),
                  List.of("int f(", "f(){}")),
          "chess",
              new Sample(
                  List.of("1. e4 e5\n2. Nf3 Nc6\n", "1. O-O e4+\n2. exd5 Qxd5\n"),
                  List.of("1. e4 e5\n", "1. e9 e5\n2. e4 e5\n")),
          "english", new Sample(List.of("Hello, world 1."), List.of("", "é", "a  b")),
          "japanese", new Sample(List.of("日本 ひらがな", "、"), List.of("abc", "")),
          "json",
              new Sample(
                  List.of("{}", "{\"a\": [1, -2.5e3, \"\\u00e9\\n\", {\"b\":null}], \"c\":true}"),
                  List.of("[]", "{\"a\":}", "{\"a\":1,}", "{\"a\":\"\n\"}", "{'a':1}")),
          "json_arr", new Sample(List.of("[\n1,\n{}]", "[\n]"), List.of("[]", "{}")),
          "list", new Sample(List.of("- a\n", "- x y\n- é\n"), List.of("a\n", "- a", "- \n")));

  @Test
  void every_one_is_read_and_enforced() throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(FOLDER), "no grammars at " + FOLDER);
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> grammars = files.filter(f -> f.toString().endsWith(".gbnf")).sorted().toList();
      assertEquals(8, grammars.size());
      grammars.forEach(RealGrammarsTest::check);
    }
  }

  private static void check(Path file) {
    Grammar grammar;
    try {
      grammar = Grammar.gbnf(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Sample sample = SAMPLES.get(file.getFileName().toString().replace(".gbnf", ""));
    sample.right().forEach(t -> assertTrue(grammar.matches(t), file + " refuses «" + t + "»"));
    sample.wrong().forEach(t -> assertFalse(grammar.matches(t), file + " takes «" + t + "»"));
  }
}
