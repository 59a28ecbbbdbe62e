package dev.imago.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/// Helidon's connections of HTTP/1.1, of which can be asked whether the client is still there. One
/// with TLS is Helidon's own as it is: two threads of one reading and writing are not what its
/// engine was made for.
final class WatchedConnections implements ServerConnectionSelector {
  /// Of the connection whose thread this is: each has one, which ends with it.
  private static final ThreadLocal<ReadAhead> CURRENT = new ThreadLocal<>();

  private final ServerConnectionSelector http =
      Http1ConnectionSelector.builder().config(Http1Config.create()).build();

  /// What this thread's connection reads from; null where that is not watched.
  static @Nullable ReadAhead current() {
    return CURRENT.get();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return http.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    if (context.isSecure()) {
      return http.connection(context);
    }
    var ahead = new ReadAhead(context.dataReader());
    CURRENT.set(ahead);
    return http.connection(new Watched(context, DataReader.create(ahead)));
  }

  /// A connection's context whose bytes come from elsewhere.
  private record Watched(ConnectionContext of, DataReader dataReader) implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return of.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return of.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return of.dataWriter();
    }

    @Override
    public Router router() {
      return of.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return of.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return of.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return of.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return of.localPeer();
    }

    @Override
    public boolean isSecure() {
      return of.isSecure();
    }

    @Override
    public String socketId() {
      return of.socketId();
    }

    @Override
    public String childSocketId() {
      return of.childSocketId();
    }
  }
}
