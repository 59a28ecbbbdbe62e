package dev.imago.sources;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// The process that reads documents for [DocumentProcess]: asked on standard input, it answers on
/// standard output, and ends with it.
final class DocumentReading {
  static final byte DATA = 1;
  static final byte TAG = 2;
  static final byte NOTE = 3;
  static final byte END = 4;
  static final byte ERROR = 5;
  static final byte PAGES = 6;

  private static final int FRAME_BYTES = 1 << 16;

  /// A message longer than this says no more.
  private static final int LONGEST_MESSAGE = 300;

  private DocumentReading() {}

  public static void main(String[] args) throws IOException {
    var to =
        new DataOutputStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), FRAME_BYTES));
    // Whatever a library prints is no part of an answer.
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    var busySince = new AtomicLong();
    watch(busySince, Integer.parseInt(args[0]));
    var from = new DataInputStream(System.in);
    while (true) {
      DocumentKind kind;
      Path file;
      try {
        kind = DocumentKind.valueOf(from.readUTF());
        file = Path.of(from.readUTF());
      } catch (EOFException e) {
        return;
      }
      busySince.set(System.nanoTime());
      answer(kind, file, to, busySince);
      busySince.set(0);
    }
  }

  /// Whoever asked may have been killed: a document that loops must not outlive him for long.
  private static void watch(AtomicLong busySince, int seconds) {
    Thread.ofPlatform()
        .daemon()
        .name("watch")
        .start(
            () -> {
              while (true) {
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
                long since = busySince.get();
                if (since != 0
                    && System.nanoTime() - since > 20L * (seconds + 5) * 1_000_000_000L) {
                  Runtime.getRuntime().halt(3);
                }
              }
            });
  }

  private static void answer(DocumentKind kind, Path file, DataOutputStream to, AtomicLong busy)
      throws IOException {
    try {
      switch (kind) {
        case PARQUET ->
            ParquetRows.write(
                file,
                new Frames(to) {
                  @Override
                  public void write(byte[] bytes, int offset, int length) throws IOException {
                    // Rows that come are a sign of life.
                    busy.set(System.nanoTime());
                    super.write(bytes, offset, length);
                  }
                });
        case PDF -> give(PdfText.read(file), to);
        case OFFICE -> give(OfficeText.read(file), to);
        case RTF -> give(RtfText.read(file), to);
      }
      to.writeByte(END);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (StackOverflowError e) {
      error("it nests too deep", to);
    } catch (IOException | RuntimeException | Error e) {
      error(e.getMessage() == null ? e.toString() : e.getMessage(), to);
    }
    to.flush();
  }

  private static void error(String message, DataOutputStream to) throws IOException {
    String line = message.replaceAll("\\s+", " ");
    to.writeByte(ERROR);
    to.writeUTF(line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line);
  }

  private static void give(DocumentText document, DataOutputStream to) throws IOException {
    for (var tag : document.tags().entrySet()) {
      to.writeByte(TAG);
      to.writeUTF(tag.getKey());
      String value = tag.getValue();
      to.writeUTF(value.length() > LONGEST_MESSAGE ? value.substring(0, LONGEST_MESSAGE) : value);
    }
    for (String note : document.notes()) {
      to.writeByte(NOTE);
      to.writeUTF(note);
    }
    if (!document.pageStarts().isEmpty()) {
      to.writeByte(PAGES);
      to.writeInt(document.pageStarts().size());
      for (int start : document.pageStarts()) {
        to.writeInt(start);
      }
    }
    try (var frames = new Frames(to)) {
      frames.write(document.text().getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Bytes in frames of an answer.
  private static class Frames extends OutputStream {
    private final DataOutputStream to;

    Frames(DataOutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int from = offset; from < offset + length; from += FRAME_BYTES) {
        int n = Math.min(FRAME_BYTES, offset + length - from);
        to.writeByte(DATA);
        to.writeInt(n);
        to.write(bytes, from, n);
      }
    }
  }
}
