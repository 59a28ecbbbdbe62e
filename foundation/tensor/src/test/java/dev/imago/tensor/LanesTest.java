package dev.imago.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The kernels use the vectors that the machine has.
class LanesTest {
  /// Says the width of the vectors of the JVM that it is started in.
  static final class Width {
    private Width() {}

    public static void main(String[] arguments) {
      System.out.println(CpuBackend.vectorBits());
    }
  }

  private static String width(String option) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+IgnoreUnrecognizedVMOptions",
                option,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Width.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said.strip();
  }

  @Test
  void aMachineOf128BitsIsUsedWithThem() throws Exception {
    assertEquals("128", width("-XX:MaxVectorSize=16"));
  }
}
