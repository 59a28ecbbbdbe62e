package dev.imago.prepare;

import dev.imago.data.Document;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A document and its place among those that nobody wants forgotten.
record NumberedDocument(long place, Document document) {
  /// Documents that nobody wants forgotten.
  static Iterator<NumberedDocument> of(Iterator<Document> documents, EachDocument each) {
    return new Iterator<>() {
      private long place;
      private @Nullable Document next;

      @Override
      public boolean hasNext() {
        while (next == null && documents.hasNext()) {
          Document document = documents.next();
          next = each.isForgotten(document) ? null : document;
        }
        return next != null;
      }

      @Override
      public NumberedDocument next() {
        if (!hasNext() || next == null) {
          throw new NoSuchElementException();
        }
        Document document = next;
        next = null;
        return new NumberedDocument(place++, document);
      }
    };
  }
}
