package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class VectorModuleTest {
  /// What the other JVM runs.
  static final class Main {
    public static void main(String[] args) {
      try (var backend = new CpuBackend(1)) {
        System.err.println("opened with " + backend.threads());
      } catch (IllegalStateException e) {
        System.err.println(e.getMessage());
        System.exit(7);
      }
    }
  }

  @Test
  void a_jvm_without_the_vector_api_is_told_how_to_get_it() throws Exception {
    Result without = java();
    assertEquals(7, without.status());
    assertTrue(without.text().contains("--add-modules jdk.incubator.vector"), without.text());
    Result with = java("--add-modules", "jdk.incubator.vector");
    assertEquals(0, with.status(), with.text());
    assertTrue(with.text().contains("opened with 1"), with.text());
  }

  private record Result(int status, String text) {}

  private static Result java(String... flags) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(java.util.List.of(flags));
    command.addAll(
        java.util.List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), text);
  }
}
