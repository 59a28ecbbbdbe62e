package dev.imago.spark;

import dev.imago.corpus.extract.Extractor;
import dev.imago.corpus.extract.SourceFile;
import dev.imago.data.Document;
import dev.imago.data.Documents;
import dev.imago.prepare.EachDocument;
import dev.imago.spark.InputPart.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The documents of a part of the input, in order, without those that somebody wants forgotten. One
/// is held at a time; of files that documents are read out of, those of one file, on disk.
final class PartDocuments implements Iterator<Document>, AutoCloseable {
  private final InputPart part;
  private final Tools tools;
  private final EachDocument each;
  private final Iterator<InputFile> files;
  private Stream<Document> open = Stream.empty();
  private Iterator<Document> documents = open.iterator();
  private @Nullable Document next;

  PartDocuments(InputPart part, Tools tools) {
    this.part = part;
    this.tools = tools;
    this.each = tools.each();
    this.files = part.files().iterator();
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      if (documents.hasNext()) {
        Document document = documents.next();
        next = each.isForgotten(document) ? null : document;
      } else if (files.hasNext()) {
        open.close();
        InputFile file = files.next();
        open =
            part.form() == InputPart.Form.SHARDS
                ? Documents.read(tools.files().open(file.uri()), Path.of(file.name()))
                : extracted(file);
        documents = open.iterator();
      } else {
        return false;
      }
    }
    return true;
  }

  /// Reads documents out of a file as `collect` does, into a shard of this machine.
  private Stream<Document> extracted(InputFile file) {
    Path folder = LocalFolder.make();
    boolean whole = false;
    try {
      Path copy = folder.resolve("file");
      Path shard = folder.resolve("documents");
      tools.files().get(file.uri(), copy);
      try (var to = new Documents.ShardWriter(shard);
          var extractor =
              new Extractor(tools.extraction(), document -> to.write(Documents.line(document)))) {
        extractor.file(new SourceFile(copy, file.name(), file.kind(), file.bytes()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      } finally {
        Files.deleteIfExists(copy);
      }
      Stream<Document> read =
          Documents.read(Files.newInputStream(shard), shard)
              .onClose(() -> LocalFolder.delete(folder));
      whole = true;
      return read;
    } catch (IOException e) {
      throw RemoteFiles.failure("read", file.uri(), e);
    } finally {
      if (!whole) {
        LocalFolder.delete(folder);
      }
    }
  }

  @Override
  public Document next() {
    Document now = hasNext() ? next : null;
    if (now == null) {
      throw new NoSuchElementException();
    }
    next = null;
    return now;
  }

  @Override
  public void close() {
    open.close();
  }
}
