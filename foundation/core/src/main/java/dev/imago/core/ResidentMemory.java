package dev.imago.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process holds in memory, as Linux tells it.
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /// What it holds now; 0 where the system does not tell.
  public static long bytes() {
    return told("VmRSS:");
  }

  /// The most that it has held; 0 where the system does not tell.
  public static long peakBytes() {
    return told("VmHWM:");
  }

  private static long told(String name) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return 0; // no Linux
    }
    return 0;
  }
}
