package dev.imago.cli;

import static dev.imago.cli.Said.imago;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `imago data languages` and `identify`: a model out of every kind of package, and what it tells.
class DataIdentifyCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void packages() throws IOException {
    write("texts/de.txt", "Der Hund lief schnell über die Straße und bellte die ganze Nacht.\n");
    write("texts/README.txt", "This is not read, for no language is called so.\n");
    write(
        "i18n/en.json",
        "{\"@metadata\": {}, \"a\": \"The dog ran across the street and {{GENDER|$1}} barked\"}");
    write(
        "declaration/fra.html",
        "<html><head><title>x</title></head><p>Tous les êtres humains naissent libres</p></html>");
    Path catalogue = folder.resolve("locale/pl/LC_MESSAGES/a.mo");
    Files.createDirectories(catalogue.getParent());
    Files.write(catalogue, catalogue("A dog", "Pies szybko przebiegł przez ulicę"));
    try (var zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("langpack-pt-BR@browser.xpi")))) {
      zip.putNextEntry(new ZipEntry("a/browser.ftl"));
      zip.write(
          "# no\ndog = O cachorro atravessou a rua correndo\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /// A catalogue of gettext with one message.
  private static byte[] catalogue(String original, String translation) {
    byte[] from = original.getBytes(StandardCharsets.UTF_8);
    byte[] to = translation.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(44 + from.length + to.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x950412de)
        .putInt(0)
        .putInt(1)
        .putInt(28)
        .putInt(36)
        .putInt(0)
        .putInt(0)
        .putInt(from.length)
        .putInt(44)
        .putInt(to.length)
        .putInt(44 + from.length)
        .put(from)
        .put(to)
        .array();
  }

  private Path model() {
    Path model = folder.resolve("languages.imago");
    Said said = imago("data", "languages", folder, model);
    assertEquals(0, said.exit(), said.err());
    assertEquals(model + " tells 5 languages\n", said.out());
    assertTrue(said.err().contains("no text in af, ar, az"), said.err());
    return model;
  }

  @Test
  void everyKindOfPackageTeaches() throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("lines"),
            "die ganze Nacht\nacross the street\nhumains naissent\nprzez ulicę\na rua correndo\n");
    Said said = imago("data", "identify", "--model", model(), lines);
    List<String> languages = new ArrayList<>();
    said.out().lines().forEach(line -> languages.add(line.replaceAll(".*guage\":\"(..).*", "$1")));
    assertEquals(List.of("de", "en", "fr", "pl", "pt"), languages, said.err());
  }

  @Test
  void rowsKeepTheirFieldsAndTellTheirSegments() throws IOException {
    Path rows =
        Files.writeString(
            folder.resolve("rows.jsonl"), "{\"id\":7,\"body\":\"ran across the street\"}\n");
    Said said =
        imago("data", "identify", "--model", model(), "--text-field=body", "--segments", rows);
    assertTrue(
        said.out().startsWith("{\"id\":7,\"body\":\"ran across the street\",\"language\":\"en\""),
        said.out());
    assertTrue(said.out().contains("\"segments\":[{\"start\":0,\"end\":21,"), said.out());
    Said other = imago("data", "identify", "--model", model(), rows);
    assertTrue(other.err().contains("--text-field"), other.err());
  }

  @Test
  void whatIsNoModelOrNoTextIsToldInALine() throws IOException {
    Path text = Files.writeString(folder.resolve("a"), "x\n");
    assertTrue(imago("data", "identify", "--model", text, text).err().contains("cut short"));
    assertTrue(
        imago("data", "identify", "--model", folder.resolve("z"), text)
            .err()
            .contains("z does not exist"));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Said none = imago("data", "languages", empty, folder.resolve("m"));
    assertTrue(none.err().contains("has texts in 0 languages, and 2 are the fewest"), none.err());
    write("broken/locale/de/LC_MESSAGES/b.mo", "no");
    Said broken = imago("data", "languages", folder.resolve("broken"), folder.resolve("m"));
    assertTrue(broken.err().contains("b.mo"), broken.err());
    byte[] head = {(byte) 0xde, 0x12, 0x04, (byte) 0x95, 0, 0, 0, 0};
    Files.write(folder.resolve("broken/locale/de/LC_MESSAGES/b.mo"), head);
    Said cut = imago("data", "languages", folder.resolve("broken"), folder.resolve("m"));
    assertTrue(cut.err().contains("b.mo: it is cut short; take it out"), cut.err());
    assertTrue(!Files.exists(folder.resolve("m")));
  }
}
