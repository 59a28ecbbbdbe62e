package dev.imago.constraints;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The official suite of JSON Schema, draft 2020-12, without what is optional, where it lies beside
/// the project: for every schema that is not refused by name, each valid instance can be written in
/// this project's form, and no invalid one in any.
final class SchemaSuiteTest {
  private static final Path ARCHIVE =
      Path.of(System.getProperty("imago.root", "../.."))
          .resolve("../shared/data/json_schema/json-schema-draft2020-12.tar.gz");

  /// Of the groups, at most.
  private static final double MOST_REFUSED = 0.15;

  @Test
  void no_valid_instance_is_refused_and_no_invalid_one_accepted() throws IOException {
    Assumptions.assumeTrue(Files.exists(ARCHIVE), "no suite at " + ARCHIVE);
    Map<String, String> files = files();
    Map<String, String> remotes = new LinkedHashMap<>();
    files.forEach(
        (name, text) -> {
          int at = name.indexOf("remotes/");
          if (at >= 0) {
            remotes.put("http://localhost:1234/" + name.substring(at + 8), text);
          }
        });
    int groups = 0;
    Map<String, String> refused = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (!file.getKey().contains("tests/") || file.getKey().contains("/optional/")) {
        continue;
      }
      for (JsonNode group : SchemaReader.JSON.readTree(file.getValue())) {
        groups++;
        String name =
            file.getKey().replaceAll(".*/", "") + ": " + group.get("description").asString();
        Grammar grammar;
        try {
          grammar = Grammar.jsonSchema(group.get("schema").toString(), remotes);
        } catch (ConstraintException e) {
          if (e.getMessage().contains("no value fits")) {
            group
                .get("tests")
                .forEach(
                    test -> {
                      if (test.get("valid").booleanValue()) {
                        wrong.add(name + ": no value fits, yet " + test.get("data"));
                      }
                    });
          } else {
            refused.put(name, e.getMessage());
          }
          continue;
        }
        for (JsonNode test : group.get("tests")) {
          boolean valid = test.get("valid").booleanValue();
          if (SchemaInstance.writable(grammar, test.get("data")) != valid) {
            wrong.add(
                name
                    + ": "
                    + test.get("description").asString()
                    + (valid ? " refused" : " accepted"));
          }
        }
      }
    }
    if (System.getProperty("imago.suite") != null) {
      refused.forEach((name, why) -> System.out.println("REFUSED " + name + " — " + why));
      System.out.println(groups + " groups, " + refused.size() + " refused");
    }
    assertEquals(List.of(), wrong);
    assertTrue(groups > 350, groups + " groups");
    assertTrue(
        refused.size() <= MOST_REFUSED * groups,
        "%d of %d refused: %s".formatted(refused.size(), groups, refused));
  }

  private static Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (InputStream in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(ARCHIVE)))) {
      for (byte[] head = in.readNBytes(512);
          head.length == 512 && head[0] != 0;
          head = in.readNBytes(512)) {
        String name = text(head, 0, 100);
        String prefix = text(head, 345, 155);
        int size = Integer.parseInt(text(head, 124, 12).trim(), 8);
        String content = new String(in.readNBytes(size), StandardCharsets.UTF_8);
        in.skipNBytes((512 - size % 512) % 512);
        if (name.endsWith(".json") && (head[156] == '0' || head[156] == 0)) {
          files.put(prefix.isEmpty() ? name : prefix + "/" + name, content);
        }
      }
    }
    return files;
  }

  private static String text(byte[] head, int from, int length) {
    int end = from;
    while (end < from + length && head[end] != 0) {
      end++;
    }
    return new String(head, from, end - from, StandardCharsets.US_ASCII);
  }
}
