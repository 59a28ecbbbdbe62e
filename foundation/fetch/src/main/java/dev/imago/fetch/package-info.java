/// HTTP out.
///
/// In: addresses, as people and pages write them. Out: answers, files. An address is read as
/// browsers read it ([WebAddress]), its host looked up once, each address of the network checked
/// ([AddressRules]), and the connection made to the one that was checked ([WebClient]): a name that
/// means another machine a moment later, or a spelling that hides one, leads nowhere. Knows nothing
/// of crawling, documents and stages. Read [WebClient] first.
@NullMarked
package dev.imago.fetch;

import org.jspecify.annotations.NullMarked;
