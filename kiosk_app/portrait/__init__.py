"""Portraits and faces, judged: what a photo must be, what to say now, is somebody alive, is it the same person.

Pure: numbers come from the face host (``hardware/hosts/face``), limits from data, time from the caller. Nothing here
sees a pixel or an embedding, and nothing of it outlives the visit but a score, a time, versions and a result.
"""
