//! Connections: accepted, served with HTTP/1.1 keep-alive, and ended in order when the server stops.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::host::{Host, answer};

/// Accepts until told to stop, then waits for the open connections, though not longer than the grace.
pub(crate) async fn accept(listener: TcpListener, host: Arc<Host>, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(host.limits.connections));
    let (mut connections, each) = (JoinSet::new(), stopped.clone());
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            biased;
            () = told(&mut stopped) => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            (accepted, place) = next => match accepted {
                Ok((stream, peer)) => {
                    let (host, stopped) = (Arc::clone(&host), each.clone());
                    connections.spawn(async move {
                        serve(stream, peer.ip(), host, stopped).await;
                        drop(place);
                    });
                }
                // Out of file descriptors, most likely: some will be given back.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(host.limits.grace, all_ended).await;
    connections.abort_all();
}

/// Waits until the server is to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // The sender going away means the same.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn serve(stream: TcpStream, peer: IpAddr, host: Arc<Host>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let idle_time = host.limits.idle_time;
    let service = service_fn(move |request| answer(Arc::clone(&host), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_time)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // How a connection ends is the client's affair: what was answered is in the access log.
        _ = connection.as_mut() => return,
        () = told(&mut stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}
