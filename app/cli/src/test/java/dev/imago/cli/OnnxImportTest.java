package dev.imago.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.ConfigException;
import dev.imago.core.InputException;
import dev.imago.tensor.Operations.Pooling;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxImportTest {
  @TempDir Path folder;

  private Path jar(String... names) throws IOException {
    Path jar = folder.resolve("encoder.jar");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private String refused(Path path) {
    var made =
        new OnnxImport(path, "it", Optional.of(Pooling.MEAN), folder.resolve("made"), _ -> {});
    return String.valueOf(assertThrows(InputException.class, made::make).getMessage());
  }

  /// A class that reads `PoolingMode.CLS`, as those of langchain4j's jars do.
  private static byte[] naming(String field) {
    ClassDesc mode = ClassDesc.of("dev.langchain4j.model.embedding.onnx.PoolingMode");
    return ClassFile.of()
        .build(
            ClassDesc.of("made.Encoder"),
            c ->
                c.withMethodBody(
                    "mode",
                    MethodTypeDesc.of(ConstantDescs.CD_Object),
                    ClassFile.ACC_STATIC,
                    code -> code.getstatic(mode, field, mode).areturn()));
  }

  @Test
  void a_class_of_the_jar_says_the_pooling() {
    assertEquals(Optional.of(Pooling.FIRST), PoolingInClass.of(naming("CLS")));
    assertEquals(Optional.of(Pooling.MEAN), PoolingInClass.of(naming("MEAN")));
    assertEquals(Optional.empty(), PoolingInClass.of(naming("OTHER")));
    assertEquals(Optional.empty(), PoolingInClass.of(new byte[] {1, 2, 3}));
  }

  @Test
  void a_jar_without_a_graph_or_with_two_is_told() throws IOException {
    assertTrue(refused(jar("a-tokenizer.json")).contains("no files that end in .onnx"));
    String two = refused(jar("a.onnx", "b.onnx", "tokenizer.json"));
    assertTrue(two.contains("2 files that end in .onnx"), two);
    Path text = Files.writeString(folder.resolve("b.jar"), "no zip");
    assertTrue(refused(text).contains("is no jar"));
  }

  @Test
  void a_graph_that_is_none_is_told_with_the_place() throws IOException {
    Path graph = Files.writeString(folder.resolve("model.onnx"), "\u0001\u0002");
    Files.writeString(folder.resolve("model-tokenizer.json"), "{}");
    String said = refused(graph);
    assertTrue(said.contains("broken at byte"), said);
  }

  @Test
  void a_graph_without_its_tokenizer_is_told_what_belongs_beside_it() throws IOException {
    String said = refused(Files.createFile(folder.resolve("lonely.onnx")));
    assertTrue(said.contains("lonely-tokenizer.json"), said);
  }

  @Test
  void the_settings_of_a_tokenizer_are_those_of_its_own_name() {
    assertEquals("in/tokenizer_config.json", OnnxImport.settingsOf("in/tokenizer.json"));
    assertEquals("a-tokenizer_config.json", OnnxImport.settingsOf("a-tokenizer.json"));
  }

  @Test
  void a_coordinate_has_three_parts() {
    MavenAddress address = MavenAddress.parse("maven:org.example:encoder-zh:1.2.0-beta3");
    assertEquals(
        Path.of("r", "org", "example", "encoder-zh", "1.2.0-beta3", "encoder-zh-1.2.0-beta3.jar"),
        address.in(Path.of("r")));
    for (String wrong : List.of("maven:a:b", "maven:a:b:c:d", "maven:a:../b:1", "maven:a/b:c:1")) {
      assertThrows(ConfigException.class, () -> MavenAddress.parse(wrong), wrong);
    }
  }

  @Test
  void the_local_repository_is_where_mavens_settings_say() throws IOException {
    assertEquals(folder.resolve(".m2").resolve("repository"), MavenAddress.repository(folder));
    Files.createDirectory(folder.resolve(".m2"));
    Files.writeString(
        folder.resolve(".m2").resolve("settings.xml"),
        "<settings><localRepository>${user.home}/jars</localRepository></settings>");
    assertEquals(folder.resolve("jars"), MavenAddress.repository(folder));
  }

  @Test
  void a_jar_whose_hash_is_another_is_refused() throws Exception {
    MavenAddress address = MavenAddress.parse("maven:g:a:1");
    Path jar = address.in(folder);
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "abc");
    Path hash = jar.resolveSibling("a-1.jar.sha1");
    Files.writeString(hash, "a9993e364706816aba3e25717850c26c9cd0d89d");
    var notes = new ArrayList<String>();
    assertEquals(jar, address.fetch(folder, "no-such-command", notes::add));
    assertTrue(notes.isEmpty(), notes.toString());
    Files.writeString(jar, "abd");
    String said =
        String.valueOf(
            assertThrows(
                    InputException.class,
                    () -> address.fetch(folder, "no-such-command", notes::add))
                .getMessage());
    assertTrue(said.contains("has the SHA-1"), said);
    assertFalse(said.contains("null"), said);
  }
}
