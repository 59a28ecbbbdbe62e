package dev.imago.corpus.extract;

import dev.imago.sources.DocumentKind;
import dev.imago.sources.DocumentProcess;
import dev.imago.sources.DocumentText;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.TreeMap;

/// Makes documents of PDFs, Office documents and tables, which a process of its own reads.
final class DocumentFiles implements AutoCloseable {
  private final ExtractionListener listener;
  private final Texts texts;
  private final DocumentProcess process;

  DocumentFiles(ExtractionSettings settings, ExtractionListener listener, Texts texts) {
    this.listener = listener;
    this.texts = texts;
    process = new DocumentProcess(settings.documentSeconds(), settings.documentMegabytes());
  }

  void read(InputStream in, DocumentKind kind, TextOrigin origin, Around around)
      throws IOException, InterruptedException {
    Path own = around.file();
    if (own != null) {
      read(own, kind, origin);
      return;
    }
    // Documents are read by their directories, which stand at their ends.
    Path laid = Files.createTempFile("imago-", ".document");
    try {
      Files.copy(in, laid, StandardCopyOption.REPLACE_EXISTING);
      read(laid, kind, origin);
    } finally {
      Files.deleteIfExists(laid);
    }
  }

  private void read(Path file, DocumentKind kind, TextOrigin origin)
      throws IOException, InterruptedException {
    if (kind == DocumentKind.PARQUET) {
      try (InputStream rows = new Answered(process.rows(file))) {
        texts.read(new BufferedInputStream(rows), FileKind.ROWS, "rows.jsonl", -1, origin);
      }
      return;
    }
    DocumentText document;
    try {
      document = process.read(file, kind, Math.toIntExact(ExtractionSettings.LARGEST_DOCUMENT));
    } catch (IOException e) {
      throw new Refused(Skip.DOCUMENT, String.valueOf(e.getMessage()));
    }
    document.notes().forEach(note -> listener.tell(origin.place(), note));
    var tags = new TreeMap<>(document.tags());
    tags.putAll(origin.tags());
    tags.replaceAll((tag, value) -> Extractor.clean(value));
    texts.given(
        document.text(),
        new TextOrigin(
            origin.place(), origin.source(), tags, origin.transport(), document.pageStarts()));
  }

  /// What goes wrong within an answer is the document's fault.
  private static final class Answered extends FilterInputStream {
    Answered(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      try {
        return super.read(to, offset, length);
      } catch (IOException e) {
        throw new Refused(Skip.DOCUMENT, String.valueOf(e.getMessage()));
      }
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
