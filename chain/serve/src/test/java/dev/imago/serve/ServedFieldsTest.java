package dev.imago.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.imago.http.Route;
import dev.imago.serve.fields.FieldsDocument;
import dev.imago.serve.fields.RouteFields;
import io.helidon.http.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The table of fields, in the code and for people.
class ServedFieldsTest {
  private static final Path ROOT = Path.of(System.getProperty("imago.root", "../.."));

  @TempDir Path folder;

  @Test
  void theDocumentIsWhatTheCodeDoes() throws Exception {
    String written = FieldsDocument.of(ServedFields.all());
    Path seen = Path.of("target", "serving-fields.md");
    Files.createDirectories(seen.toAbsolutePath().getParent());
    Files.writeString(seen, written);
    assertEquals(
        Files.readString(ROOT.resolve("docs/serving-fields.md")),
        written,
        "docs/serving-fields.md is not what the code does; what it should be is in " + seen);
  }

  @Test
  void everyRouteThatReadsABodyHasItsFields() {
    try (var running = Running.scripted(folder)) {
      var posting =
          running.server.routes().stream()
              .filter(route -> route.method() == Method.POST)
              .map(Route::path)
              .collect(Collectors.toCollection(TreeSet::new));
      var described =
          ServedFields.all().stream()
              .map(RouteFields::path)
              .filter(path -> !path.contains(" ")) // of objects in requests
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(posting, described);
    }
  }
}
