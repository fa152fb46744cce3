"""FastAPI around a saved model in eager PyTorch: requests that wait are scored together.

    service.py FOLDER --port N --workers N --threads N [--batch N]
"""

import argparse
import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path

import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from twin import Twin


class Question(BaseModel):
    user: str
    k: int = 10


def application():
    """The application of one worker: uvicorn makes one in each process."""
    torch.set_num_threads(int(os.environ["PEER_THREADS"]))
    twin, most = Twin(Path(os.environ["PEER_FOLDER"])), int(os.environ["PEER_BATCH"])
    waiting = asyncio.Queue()

    async def score():
        while True:
            batch = [await waiting.get()]
            while len(batch) < most and not waiting.empty():
                batch.append(waiting.get_nowait())
            users = [twin.positions[question.user] for question, _ in batch]
            count = max(question.k for question, _ in batch)
            items, scores = await asyncio.to_thread(twin.recommend_many, users, count)
            for (question, reply), row, values in zip(batch, items, scores):
                reply.set_result([
                    {"id": twin.items[item], "score": value}
                    for item, value in zip(row[: question.k], values[: question.k])
                ])

    @asynccontextmanager
    async def life(_):
        worker = asyncio.create_task(score())
        yield
        worker.cancel()

    service = FastAPI(lifespan=life)

    @service.post("/v1/recommend")
    async def recommend(question: Question):
        if question.user not in twin.positions:
            raise HTTPException(404, "no such user")
        reply = asyncio.get_running_loop().create_future()
        waiting.put_nowait((question, reply))
        return {"items": await reply}

    @service.get("/health/ready")
    async def ready():
        return {}

    return service


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True, help="of an operation of PyTorch, in each worker")
    parser.add_argument("--batch", type=int, default=64, help="requests that are scored together at most")
    options = parser.parse_args()
    os.environ |= {
        "PEER_FOLDER": options.folder, "PEER_THREADS": str(options.threads), "PEER_BATCH": str(options.batch),
    }
    uvicorn.run(
        "service:application", factory=True, port=options.port, workers=options.workers, loop="uvloop",
        http="httptools", log_level="error", access_log=False,
    )
